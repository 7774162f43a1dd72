import { broadcast_util, reshape, sum, util } from '@tensorflow/tfjs-core';
import type { Tensor } from '@tensorflow/tfjs-core';

/** The gradient to a tensor of `shape` that was repeated to the shape of `dy`: the sum over its copies. */
export function undoBroadcast(dy: Tensor, shape: number[]): Tensor {
  if (util.arraysEqual(dy.shape, shape)) return dy;
  const axes = broadcast_util.getReductionAxes(shape, dy.shape);
  return reshape(axes.length > 0 ? sum(dy, axes) : dy, shape);
}
