import {
  add,
  cast,
  greater,
  greaterEqual,
  lessEqual,
  max,
  min,
  mul,
  sum,
  tidy,
  where,
  zerosLike,
  type Tensor,
} from '@tensorflow/tfjs-core';

/** Halvings: what is left is 2⁻²⁴ of the largest value, the step of a float32 there. */
const HALVINGS = 24;

/**
 * A percentile of each row by nearest rank: the smallest value that at least `percentile` % of the row do not
 * exceed.
 *
 * Found by halving the interval 0...max and counting, since this must read nothing back: TF.js has no sort
 * but `topk`, which on webgl fetches the values from the GPU. Values closer than 2⁻²⁴ of the largest count as
 * one.
 *
 * @param magnitudes [batch, n], float32, none negative.
 * @returns [batch, 1]. The caller disposes it.
 */
export function percentile(magnitudes: Tensor, percentile: number): Tensor {
  const n = magnitudes.size / magnitudes.shape[0];
  const rank = Math.max(1, Math.ceil((percentile / 100) * n));

  return tidy(() => {
    const reached = (limit: Tensor) =>
      greaterEqual(sum(cast(lessEqual(magnitudes, limit), 'float32'), 1, true), rank);
    const top = max(magnitudes, 1, true);
    let [low, high] = [zerosLike(top), top]; // the value lies in (low, high], unless it is 0
    for (let i = 0; i < HALVINGS; i++) {
      [low, high] = tidy((): [Tensor, Tensor] => {
        const middle = mul(add(low, high), 0.5);
        const enough = reached(middle);
        return [where(enough, low, middle), where(enough, middle, high)];
      });
    }
    // from the bound to a value that is in the row
    const value = min(where(greater(magnitudes, low), magnitudes, top), 1, true);
    const zero = zerosLike(top);
    return where(reached(zero), zero, value);
  });
}
