import {
  abs,
  cast,
  div,
  equal,
  greater,
  greaterEqual,
  less,
  max,
  reshape,
  sub,
  tidy,
  where,
  zerosLike,
  type Tensor,
} from '@tensorflow/tfjs-core';
import { checkNumber } from '../errors/checkNumber';
import { checkTensor } from '../errors/checkTensor';
import { door, ours } from '../errors/door';
import { checkOptionNames } from '../errors/optionNames';
import { percentile as percentileOf } from './percentile';

export interface NormalizeOptions {
  /**
   * The magnitude that becomes 1, as a percentile of the magnitudes in the sample, in (0, 100]: 99, not 0.99;
   * 100 is the largest. What is larger is cut off at 1: a few very large cells would otherwise leave
   * everything else at nearly 0.
   *
   * @default 99
   */
  percentile?: number;
}

/**
 * A map scaled into -1...1, each sample by itself, with 0 left where it is.
 *
 * `m′ = clip(m / s, -1, 1)`, `s` the percentile of `|m|` over the sample (nearest rank)
 *
 * Not min-max: that would move 0, and blow a map without any effect up into noise. A map of zeros stays
 * zeros, any other constant map becomes its sign. Where so few cells differ from 0 that the percentile is 0,
 * `s` is the largest magnitude. Infinite cells end at 1 and -1; where `s` itself is infinite, all others are
 * 0.
 *
 * @param map [batch, ...], any rank.
 * @returns The shape of `map`: fractions of `s`. The caller disposes it; `map` stays the caller's.
 * @throws RangeError if `map` is a scalar, or `percentile` is not in (0, 100].
 * @throws TypeError if `map` is no tensor, or an option is unknown.
 * @example
 * ```ts
 * normalize(reduceChannels(saliency(model, image, { target: 281 }))); // -1...1, 0 where it was
 * ```
 */
export function normalize(map: Tensor, options: NormalizeOptions = {}): Tensor {
  return door('normalize', () => {
    checkTensor(map, 'map');
    checkOptionNames(options, ['percentile']);
    const { percentile = 99 } = options;
    if (map.rank < 1) throw ours(new RangeError('expected map to be [batch, ...], got a scalar'));
    checkNumber(
      percentile,
      'percentile to be more than 0 and at most 100',
      (share) => share > 0 && share <= 100,
    );
    if (map.size === 0) return zerosLike(map);

    return tidy(() => {
      const batch = map.shape[0];
      const flat = cast(reshape(map, [batch, map.size / batch]), 'float32'); // integers would divide to integers
      const magnitudes = abs(flat);
      const common = percentileOf(magnitudes, percentile);
      const scale = where(equal(common, 0), max(magnitudes, 1, true), common);
      // where the magnitude is that of the scale, the sign: infinite ones would divide to NaN
      const full = greaterEqual(magnitudes, scale);
      return reshape(where(full, signOf(flat), div(flat, scale)), map.shape);
    });
  });
}

/** -1, 0 or 1; `sign` of TF.js is 0 for small numbers on wasm. */
function signOf(x: Tensor): Tensor {
  return sub(cast(greater(x, 0), 'float32'), cast(less(x, 0), 'float32'));
}
