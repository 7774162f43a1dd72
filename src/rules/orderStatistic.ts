import { add, cast, greaterEqual, less, mul, relu, sub, sum, tidy } from '@tensorflow/tfjs-core';
import type { Tensor } from '@tensorflow/tfjs-core';
import { runOnArrays } from '../backends/arrayKernel';
import type { ArrayKernel } from '../backends/arrayKernel';
import { ranked } from '../maps/percentile';

/**
 * The value of each row that so many come before when it is sorted.
 *
 * @param rows `[samples, n]`, float32.
 * @param before From 0 to n - 1.
 * @returns `[samples, 1]`, or as often as the row is long, as comparisons that broadcast are slow on cpu and
 *   wasm. The caller disposes it.
 */
export function orderStatistic(rows: Tensor, before: number): Tensor {
  return runOnArrays(SELECT, { rows }, { before }) ?? tidy(() => byCounting(rows, before));
}

function byCounting(rows: Tensor, before: number): Tensor {
  const n = rows.shape[1] as number;
  const negatives = sum(cast(less(rows, 0), 'float32'), 1, true);
  // a negative one is found by its magnitude, counted from the other end
  const isNegative = cast(greaterEqual(negatives, before + 1), 'float32');
  const sign = sub(1, mul(isNegative, 2));
  const rank = add(before + 1, mul(isNegative, n - 2 * before - 1));
  return mul(sign, ranked(relu(mul(sign, rows)), rank));
}

/** On cpu and wasm, where counting takes a hundred times as long. */
const SELECT: ArrayKernel<'rows', { readonly before: number }> = {
  name: 'GuidedSaliencyOrderStatistic',
  shapeOf: ({ rows }) => rows.shape,
  compute: ({ rows }, { before }, result) => {
    const n = rows.shape[1] as number;
    for (let first = 0; first < result.length; first += n) {
      const row = rows.values.slice(first, first + n);
      result.fill(selected(row, before), first, first + n);
    }
  },
};

/** Hoare's selection: smaller ones to the left of a value, larger ones to its right, until it lies right. */
function selected(row: Float32Array, before: number): number {
  for (const value of row) if (Number.isNaN(value)) return NaN; // it has no place in an order
  let [left, right] = [0, row.length - 1];
  while (left < right) {
    const pivot = row[(left + right) >> 1]!;
    let [i, j] = [left, right];
    while (i <= j) {
      while (row[i]! < pivot) i++;
      while (row[j]! > pivot) j--;
      if (i > j) break;
      [row[i], row[j]] = [row[j]!, row[i]!];
      i++;
      j--;
    }
    if (before <= j) right = j;
    else if (before >= i) left = i;
    else break; // between the two all are equal to the pivot
  }
  return row[before]!;
}
