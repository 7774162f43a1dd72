import type { Tensor } from '@tensorflow/tfjs-core';
import { runOnOwnArrays } from '../../backends/arrayKernel';
import type { ArrayKernel } from '../../backends/arrayKernel';
import { multiplyRows, type Rows } from './multiplyRows';
import { transposed } from './transposedRows';
import { isLargeMatrix } from './isLargeMatrix';

/** Which operands are transposed. */
interface Transposed {
  readonly transposeA: boolean;
  readonly transposeB: boolean;
}

/** Whether the products of two batches of matrices, one by one, are worth a kernel of ours on cpu. */
export function areLargeBatches(a: Tensor, b: Tensor): boolean {
  const [batches, others] = [a.shape.slice(0, -2), b.shape.slice(0, -2)];
  return a.rank > 1 && String(batches) === String(others) && isLargeMatrix(a.size) && isLargeMatrix(b.size);
}

/** The products of two such batches. */
export function batchesByRows(a: Tensor, b: Tensor, transposeA: boolean, transposeB: boolean): Tensor {
  return runOnOwnArrays(BATCHES, { a, b }, { transposeA, transposeB });
}

/** [..., rows, depth], [..., depth, columns] → [..., rows, columns]; either with its last axes swapped. */
export const BATCHES: ArrayKernel<'a' | 'b', Transposed> = {
  name: 'GuidedSaliencyBatches',
  shapeOf: ({ a, b }, { transposeA, transposeB }) => [
    ...a.shape.slice(0, -2),
    a.shape[a.shape.length - (transposeA ? 1 : 2)]!,
    b.shape[b.shape.length - (transposeB ? 2 : 1)]!,
  ],
  compute: ({ a, b }, { transposeA, transposeB }, y) => {
    const [rows, depth] = sides(a.shape, transposeA);
    const [columns] = sides(b.shape, !transposeB);
    for (let at = 0; at < y.length / (rows * columns); at++) {
      const left = rowsOf(a.values, at, rows, depth, transposeA);
      const right = rowsOf(b.values, at, columns, depth, !transposeB);
      multiplyRows(left, right, depth, y, at * rows * columns);
    }
  },
};

/** How many rows, and how many numbers in each, once transposed. */
function sides(shape: readonly number[], isTransposed: boolean): [number, number] {
  const [rows, columns] = shape.slice(-2) as [number, number];
  return isTransposed ? [columns, rows] : [rows, columns];
}

/** One matrix of a batch as rows. */
function rowsOf(values: Float32Array, at: number, count: number, depth: number, isTransposed: boolean): Rows {
  const from = at * count * depth;
  if (!isTransposed) return { values, from, count };
  const matrix = values.subarray(from, from + count * depth);
  return { values: transposed(matrix, depth, count, new Float32Array(matrix.length)), from: 0, count };
}
