import { gatherND, pad, reshape, tensor2d, transpose } from '@tensorflow/tfjs-core';
import type { Tensor, Tensor4D } from '@tensorflow/tfjs-core';
import type { Window } from './phases';

/**
 * The filter of the forward convolution that gives some phases of a gradient: taps picked, channels swapped.
 *
 * @param filter [height, width, in, out].
 * @returns [rows, columns, out, phases · in].
 */
export function pickTaps(filter: Tensor, rows: Window, columns: Window): Tensor4D {
  const [height, width, channels, out] = filter.shape as [number, number, number, number];
  const none = height * width;
  const across = columns.taps.flat();
  const chosen = rows.taps.flatMap(([row]) =>
    across.map((column) => (column < 0 ? none : row! * width + column)));
  const phases = columns.taps[0]?.length ?? 0;
  const picked = pickRows(reshape(filter, [none, channels * out]), chosen);
  const [down, wide] = [rows.taps.length, columns.taps.length];
  const apart = reshape(picked, [down * wide, phases * channels, out]);
  return reshape(transpose(apart, [0, 2, 1]), [down, wide, out, phases * channels]);
}

/**
 * Rows of a matrix in another order; the index behind the last stands for a row of zeros.
 *
 * On wasm `gatherND` copies whole rows; `reverse` and `gather` go number by number, and take 50 times longer.
 */
export function pickRows(matrix: Tensor, chosen: readonly number[]): Tensor {
  const [count] = matrix.shape as [number];
  if (chosen.length === count && chosen.every((row, i) => row === i)) return matrix;
  const source = chosen.includes(count) ? pad(matrix, [[0, 1], [0, 0]]) : matrix;
  return gatherND(source, tensor2d([...chosen], [chosen.length, 1], 'int32'));
}
