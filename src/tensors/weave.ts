import { concat, reshape } from '@tensorflow/tfjs-core';
import type { Tensor } from '@tensorflow/tfjs-core';

/**
 * Interleaves tensors of the same shape along an axis: the first cell of each, then the second of each ...
 *
 * @returns The axis is as many times as long as there are tensors.
 */
export function weave(tensors: readonly Tensor[], axis: number): Tensor {
  const [first] = tensors as [Tensor];
  if (tensors.length === 1) return first;
  const cells = first.shape.slice(0, axis + 1).reduce((product, size) => product * size, 1);
  const woven = concat(
    tensors.map((tensor) => reshape(tensor, [cells, -1])),
    1,
  );
  return reshape(
    woven,
    first.shape.map((size, i) => (i === axis ? size * tensors.length : size)),
  );
}
