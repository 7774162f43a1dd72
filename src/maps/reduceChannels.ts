import { abs, max, norm, sum, tidy, type Tensor } from '@tensorflow/tfjs-core';
import { checkTensor } from '../errors/checkTensor';
import { door, ours } from '../errors/door';
import { shown } from '../errors/kindOf';
import { checkOptionNames } from '../errors/optionNames';
import { quoted } from '../errors/quoted';

/** How the channels of one place become one number. */
export type ChannelReduction = 'sum' | 'sumAbs' | 'maxAbs' | 'norm';

export interface ReduceChannelsOptions {
  /**
   * - `'sum'`: `Σ m`, signed. A gradient's answer to "what if this pixel grew brighter"; Captum's pictures
   *   show it.
   * - `'sumAbs'`: `Σ |m|`, how much the place matters, whichever way. PAIR saliency shows it.
   * - `'maxAbs'`: `max |m|`, the same by the strongest channel. Simonyan et al. 2013 and tf-keras-vis show
   *   it.
   * - `'norm'`: `√Σ m²`, the same by the length of the place's gradient.
   *
   * @default 'sum'
   */
  by?: ChannelReduction;
}

/**
 * One number for each place of a map: its channels, the last axis, summed or measured.
 *
 * @param map [batch, height, width, channels], or any shape whose last axis is to go.
 * @returns [batch, height, width], in the units of the map. The caller disposes it; `map` stays the caller's.
 * @throws RangeError if `map` has no axis but the batch, or `by` is not one of the four.
 * @throws TypeError if `map` is no tensor, or an option is unknown.
 * @example
 * ```ts
 * const map = saliency(model, image, { target: 281 });
 * reduceChannels(map); // one number a pixel: the sum of its channels
 * reduceChannels(map, { by: 'maxAbs' });
 * ```
 */
export function reduceChannels(map: Tensor, options: ReduceChannelsOptions = {}): Tensor {
  return door('reduceChannels', () => {
    checkTensor(map, 'map');
    checkOptionNames(options, ['by']);
    const { by = 'sum' } = options;
    if (map.rank < 2) {
      throw ours(new RangeError(`expected map to be [batch, ..., channels], got [${map.shape.join(', ')}]`));
    }
    if (typeof by !== 'string' || !Object.hasOwn(reductions, by)) {
      throw ours(new RangeError(`expected by to be ${quoted(Object.keys(reductions))}, got ${shown(by)}`));
    }
    return tidy(() => reductions[by](map));
  });
}

const reductions: Record<ChannelReduction, (map: Tensor) => Tensor> = {
  sum: (map) => sum(map, -1),
  sumAbs: (map) => sum(abs(map), -1),
  maxAbs: (map) => max(abs(map), -1),
  norm: (map) => norm(map, 'euclidean', -1),
};
