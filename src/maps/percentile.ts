import {
  add,
  cast,
  greaterEqual,
  less,
  lessEqual,
  max,
  mul,
  sum,
  tidy,
  where,
  zerosLike,
  type Tensor,
} from '@tensorflow/tfjs-core';
import { nearestRank } from './nearestRank';

/** Powers of two, largest first, that together reach from the largest float32 below the smallest. */
const SHRINKS = [64, 64, 64, 64, 32, 16, 8, 4, 2, 1];

/** Halvings of a quarter: what is left is less than the step of a float32 there. */
const HALVINGS = 26;

/**
 * A percentile of each row by nearest rank: the smallest value that at least `percentile` % of the row do not
 * exceed.
 *
 * @param magnitudes [batch, n], float32, none negative. Infinities are the largest values.
 * @returns [batch, 1]. The caller disposes it.
 */
export function percentile(magnitudes: Tensor, percentile: number): Tensor {
  const n = magnitudes.size / magnitudes.shape[0];
  return ranked(magnitudes, nearestRank(percentile, n));
}

/**
 * The smallest value of each row that as many of the row as `rank` says do not exceed.
 *
 * Found by counting, since this must read nothing back: TF.js has no sort but `topk`, which on webgl fetches
 * the values from the GPU. First the largest value is halved as often as the rank is still reached, then the
 * interval that is left. So it is exact however far the values lie apart.
 *
 * @param magnitudes [batch, n], float32, none negative. Infinities are the largest values.
 * @param rank From 1 to n; one for all rows, or [batch, 1].
 * @returns [batch, 1]. The caller disposes it.
 */
export function ranked(magnitudes: Tensor, rank: number | Tensor): Tensor {
  return tidy(() => {
    const reached = (limit: Tensor) =>
      greaterEqual(sum(cast(lessEqual(magnitudes, limit), 'float32'), 1, true), rank);
    // without an infinite number, which TF.js in debug mode refuses: the half of one is no less
    const finite = where(less(mul(magnitudes, 0.5), magnitudes), magnitudes, zerosLike(magnitudes));
    const top = max(finite, 1, true);
    let high = top; // the value lies in (low, high], unless it is 0 or infinite
    for (const power of SHRINKS) {
      high = tidy(() => {
        const smaller = mul(high, 2 ** -power);
        return where(reached(smaller), smaller, high);
      });
    }
    let low = mul(high, 0.25); // less than half, which rounding may carry up among the smallest numbers
    for (let i = 0; i < HALVINGS; i++) {
      [low, high] = tidy((): [Tensor, Tensor] => {
        const middle = add(mul(low, 0.5), mul(high, 0.5));
        const enough = reached(middle);
        return [where(enough, low, middle), where(enough, middle, high)];
      });
    }
    // no number lies between the two any more; a `min` of what is above `low` would be at most 1e20 on webgl
    const zero = zerosLike(top);
    const value = where(reached(top), high, max(magnitudes, 1, true));
    return where(reached(zero), zero, value);
  });
}
