import { add, mean, mul, square, sqrt, sub, sum } from '@tensorflow/tfjs-core';
import type { Tensor } from '@tensorflow/tfjs-core';

/** The mean of what came so far, and the sum of squared distances from it. */
export interface Moments {
  readonly mean: Tensor;
  readonly spread: Tensor;
}

/**
 * More of it, in Chan's form of Welford's algorithm, which subtracts no two large numbers.
 *
 * @param more `[count, ...]`.
 * @param before Of `done` values; none for the first.
 */
export function momentsWith(more: Tensor, before: Moments | undefined, done: number): Moments {
  const count = more.shape[0] ?? 1;
  const theirs = mean(more, 0);
  const spread = sum(square(sub(more, theirs)), 0);
  if (!before) return { mean: theirs, spread };
  const all = done + count;
  const apart = sub(theirs, before.mean);
  return {
    mean: add(before.mean, mul(apart, count / all)),
    spread: add(add(before.spread, spread), mul(square(apart), (done * count) / all)),
  };
}

/** The standard error of a mean of `done` values: `√(spread / (n − 1) / n)`; NaN for a single one. */
export function standardErrorOf({ spread }: Moments, done: number): Tensor {
  return sqrt(mul(spread, 1 / (done * (done - 1))));
}
