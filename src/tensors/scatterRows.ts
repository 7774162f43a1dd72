import { add, cast, equal, mul, range, reshape, scatterND, util } from '@tensorflow/tfjs-core';
import type { Tensor } from '@tensorflow/tfjs-core';

/**
 * Adds rows into a matrix of zeros: what is gathered several times gets the sum. `scatterND` is there on
 * every backend, where wasm lacks the `unsortedSegmentSum` that TF.js's own gradients use.
 *
 * @param rows [number, width].
 * @param at Which row of the result each goes to: `number` of them, int32, in any shape.
 * @returns [count, width].
 */
export function scatterRows(rows: Tensor, at: Tensor, count: number): Tensor {
  const [number = 0, width = 0] = rows.shape;
  // webgl puts a single row at index 0, whatever its index
  if (number === 1) {
    const here = equal(reshape(range(0, count, 1, 'int32'), [count, 1]), reshape(at, [1, 1]));
    return mul(cast(here, 'float32'), rows);
  }
  return scatterND(reshape(at, [number, 1]), rows, [count, width]);
}

/** Indices in each of several lists of `n`, as indices in one list of all: row b grows by b · n. */
export function inOneList(indices: Tensor, lists: number, n: number): Tensor {
  if (lists === 1) return indices;
  const offsets = reshape(range(0, lists * n, n, 'int32'), [lists, 1]);
  return add(reshape(indices, [lists, util.sizeFromShape(indices.shape) / lists]), offsets);
}
