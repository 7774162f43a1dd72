import { reshape } from '@tensorflow/tfjs-core';
import type { Tensor } from '@tensorflow/tfjs-core';
import { currentBackend } from '../backends/backend';

/**
 * Selects among tensors of one shape, with their axes laid out flat where `where` does not know so many.
 */
export function selectFlat<T extends Tensor[]>(
  shape: number[],
  tensors: [...T],
  select: (...flat: T) => Tensor,
): Tensor {
  if (shape.length <= currentBackend().maxRank) return select(...tensors);
  return reshape(select(...(tensors.map((tensor) => reshape(tensor, [-1])) as T)), shape);
}
