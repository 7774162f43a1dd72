import { reshape } from '@tensorflow/tfjs-core';
import type { Tensor } from '@tensorflow/tfjs-core';

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
