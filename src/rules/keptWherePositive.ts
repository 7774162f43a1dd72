import { lessEqual, reshape, where, zerosLike } from '@tensorflow/tfjs-core';
import type { Tensor } from '@tensorflow/tfjs-core';

/** `dx` where `dy > 0`, else 0. A NaN in `dy` is not below 0: it passes, and shows. */
export function keptWherePositive(dx: Tensor, dy: Tensor): Tensor {
  return selectFlat(dx.shape, [dx, dy], (dx, dy) => where(lessEqual(dy, 0), zerosLike(dx), dx));
}

/**
 * Selects among tensors of one shape with their axes laid out flat: on webgl and webgpu `where` knows rank 4
 * at most.
 */
export function selectFlat<T extends Tensor[]>(
  shape: number[],
  tensors: [...T],
  select: (...flat: T) => Tensor,
): Tensor {
  if (shape.length <= 4) return select(...tensors);
  return reshape(select(...(tensors.map((tensor) => reshape(tensor, [-1])) as T)), shape);
}
