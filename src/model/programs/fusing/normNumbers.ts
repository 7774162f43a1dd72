import { add, div, mul, neg, sqrt, sub } from '@tensorflow/tfjs-core';
import type { Tensor } from '@tensorflow/tfjs-core';
import { runOnArrays } from '../../../backends/arrayKernel';
import type { ArrayKernel } from '../../../backends/arrayKernel';
import { sizeOf } from '../program';
import { flat } from './derive';

/*
 * A batch norm as numbers of each channel, y = x factor + shift, each made by one kernel where we have some:
 * of TF.js's own it takes six, which take longer to start than to run.
 */

/** scale / √(variance + ε). */
export function normFactor(variance: Tensor, scale: Tensor | undefined, epsilon: number): Tensor {
  const onArrays = runOnArrays(FACTOR, { variance, ...(scale && { scale }) }, { epsilon });
  return onArrays ?? div(scale ? flat(scale) : 1, sqrt(add(flat(variance), epsilon)));
}

/** offset − (mean − bias) factor, of a batch norm behind a bias. */
export function normShift(
  mean: Tensor,
  factor: Tensor,
  bias: Tensor | undefined,
  offset: Tensor | undefined,
): Tensor {
  const given = { mean, factor, ...(bias && { bias }), ...(offset && { offset }) };
  const onArrays = runOnArrays(SHIFT, given, {});
  if (onArrays) return onArrays;
  const centre = bias ? sub(flat(mean), flat(bias)) : flat(mean);
  return offset ? sub(flat(offset), mul(centre, factor)) : neg(mul(centre, factor));
}

const FACTOR: ArrayKernel<string, { readonly epsilon: number }> = {
  name: 'GuidedSaliencyNormFactor',
  shapeOf: ({ variance }) => [sizeOf(variance!)],
  compute: ({ variance, scale }, { epsilon }, result) => {
    for (let i = 0; i < result.length; i++) {
      result[i] = (scale?.values[i] ?? 1) / Math.sqrt(variance!.values[i]! + epsilon);
    }
  },
};

const SHIFT: ArrayKernel<string, object> = {
  name: 'GuidedSaliencyNormShift',
  shapeOf: ({ mean }) => [sizeOf(mean!)],
  compute: ({ mean, factor, bias, offset }, _, result) => {
    for (let i = 0; i < result.length; i++) {
      const centre = mean!.values[i]! - (bias?.values[i] ?? 0);
      result[i] = (offset?.values[i] ?? 0) - centre * factor!.values[i]!;
    }
  },
};
