import { abs, cast, div, less, mul, onesLike, sub, where, zerosLike } from '@tensorflow/tfjs-core';
import type { Tensor } from '@tensorflow/tfjs-core';
import { selectFlat } from '../../tensors/selectFlat';

/** A change that is smaller than this is none, in the unit of what changes. */
const SMALL = 1e-6;

/**
 * What changes per change of what it comes from; the gradient, where that hardly changes.
 *
 * @param change Of the target, in the shape of `here`.
 */
export function perChange(
  change: Tensor,
  here: Tensor,
  there: Tensor,
  gradient: () => Tensor | undefined,
): Tensor {
  const step = sub(asFloats(here), asFloats(there));
  const slope = gradient() ?? zerosLike(step);
  return selectFlat(step.shape, [change, step, slope], (change, step, slope) => {
    const isSmall = less(abs(step), SMALL);
    return where(isSmall, slope, div(change, where(isSmall, onesLike(step), step)));
  });
}

/** Truths and whole numbers as floats; webgpu casts by name only. */
export function asFloats(x: Tensor): Tensor {
  return x.dtype === 'float32' ? x : mul(cast(x, 'float32'), 1);
}
