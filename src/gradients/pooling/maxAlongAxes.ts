import { maxPool, reshape } from '@tensorflow/tfjs-core';
import type { Tensor, Tensor3D, Tensor4D } from '@tensorflow/tfjs-core';
import { alongAxis, regrouped, span } from '../../tensors/alongAxis';
import type { Axis } from '../axes';

/*
 * Max pooling, one axis after the other: the maximum of a box is that of its rows' maxima.
 */

/** How far the windows reach, from the beginning of the first to the end of the last. */
export const reachOf = ({ output, kernel, stride }: Axis): number => (output - 1) * stride + kernel;

/** The lowest float32, for padding that is no maximum. */
export const LOWEST = -3.4028234663852886e38;

export const padded = (x: Tensor3D, pooled: Axis): Tensor3D =>
  span(x, -pooled.before, reachOf(pooled), LOWEST);

/** The cell at `offset` of each window. */
export function cellAt(offset: number, x: Tensor3D, { output, stride }: Axis): Tensor3D {
  return regrouped(span(x, offset, output * stride), stride, 1);
}

function maxima(x: Tensor3D, pooled: Axis): Tensor3D {
  const around = padded(x, pooled);
  const { output, kernel: window, stride } = pooled;
  if (window === 1) return cellAt(0, around, pooled);
  const image: Tensor4D = reshape(around, [x.shape[0], around.shape[1], 1, x.shape[2]]);
  return reshape(maxPool(image, [window, 1], [stride, 1], 'valid'), [x.shape[0], output, x.shape[2]]);
}

/** The maxima of windows along some axes; the inner axis comes first. */
export function maxAlongAxes(x: Tensor, axes: readonly Axis[]): Tensor {
  return axes.reduceRight((t, pooled) => alongAxis(t, pooled.axis, (along) => maxima(along, pooled)), x);
}
