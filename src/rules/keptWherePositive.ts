import { lessEqual, where, zerosLike } from '@tensorflow/tfjs-core';
import type { Tensor } from '@tensorflow/tfjs-core';
import { selectFlat } from '../tensors/selectFlat';

/** `dx` where `dy > 0`, else 0. A NaN in `dy` is not below 0: it passes, and shows. */
export function keptWherePositive(dx: Tensor, dy: Tensor): Tensor {
  return selectFlat(dx.shape, [dx, dy], (dx, dy) => where(lessEqual(dy, 0), zerosLike(dx), dx));
}
