import type { Tensor, Tensor2D } from '@tensorflow/tfjs-core';
import { runOnOwnArrays, type ArrayKernel } from '../../backends/arrayKernel';

/** A matrix transposed, on cpu, where TF.js works out the place of each number from its index. */
export function transposedRows(matrix: Tensor): Tensor2D {
  return runOnOwnArrays(TRANSPOSED, { matrix }, {}) as Tensor2D;
}

/** Sides of the squares that are gone through one after the other: each of them stays near the processor. */
const SIDE = 32;

/** Writes the numbers of a matrix to those of the transposed one, which it returns. */
export function transposed(
  values: Float32Array,
  rows: number,
  columns: number,
  result: Float32Array,
): Float32Array {
  for (let top = 0; top < rows; top += SIDE) {
    const bottom = Math.min(top + SIDE, rows);
    for (let left = 0; left < columns; left += SIDE) {
      const right = Math.min(left + SIDE, columns);
      for (let column = left; column < right; column++) {
        const to = column * rows;
        for (let row = top; row < bottom; row++) result[to + row] = values[row * columns + column]!;
      }
    }
  }
  return result;
}

/** [rows, columns] → [columns, rows]. */
const TRANSPOSED: ArrayKernel<'matrix', object> = {
  name: 'GuidedSaliencyTransposed',
  shapeOf: ({ matrix }) => [...matrix.shape].reverse(),
  compute: ({ matrix: { shape, values } }, _, result) => {
    const [rows, columns] = shape as [number, number];
    transposed(values, rows, columns, result);
  },
};
