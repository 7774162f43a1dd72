import { add, cast, greaterEqual, less, mul, relu, sub, sum, tidy } from '@tensorflow/tfjs-core';
import type { Tensor } from '@tensorflow/tfjs-core';
import { runOnArrays } from '../backends/arrayKernel';
import type { ArrayKernel } from '../backends/arrayKernel';
import { ranked } from '../maps/percentile';
import { nthSmallest } from '../tensors/loops/nthSmallest';

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
      // a NaN has no place in an order
      const value = row.some(Number.isNaN) ? NaN : nthSmallest(row, before);
      result.fill(value, first, first + n);
    }
  },
};
