import { door, ours } from '../../errors/door';
import { checkOptionNames } from '../../errors/optionNames';
import { checkCount } from '../../explanations/explainer/optionValues';
import { checkLists } from './checkLists';
import { pooled } from './pooled';
import { rankCorrelation } from './spearman';

/** Options of `spearmanAbsolute`. */
export interface SpearmanAbsoluteOptions {
  /**
   * How many channels each cell has, which come one after the other in the maps.
   *
   * @default 1
   */
  channels?: number;
}

/**
 * Spearman's rank correlation of the magnitudes of two maps, those of the channels of a cell added up.
 *
 * `spearman(Σ_c |a_c|, Σ_c |b_c|)`
 *
 * Signs are gone: two maps that differ by nothing else have 1. Signed and absolute say different things about
 * the same maps, and Adebayo et al. show both.
 *
 * @param a `cells × channels` values.
 * @param b As many.
 * @returns −1...1, as `spearman`.
 * @throws TypeError if one is no list of numbers, or an option is unknown; RangeError if one is longer, or
 *   `channels` does not fit.
 * @see Adebayo et al. 2018 — https://arxiv.org/abs/1810.03292
 * @example
 * ```ts
 * const [a, b] = [saliency(model, image), guidedBackprop(model, image)];
 * console.log(spearmanAbsolute(await a.data(), await b.data(), { channels: 3 }));
 * ```
 */
export function spearmanAbsolute(
  a: ArrayLike<number>,
  b: ArrayLike<number>,
  options: SpearmanAbsoluteOptions = {},
): number {
  return door('spearmanAbsolute', () => {
    checkLists(a, b);
    checkOptionNames(options, ['channels']);
    const { channels = 1 } = options;
    checkCount('channels', channels);
    if (a.length % channels !== 0) {
      throw ours(new RangeError(`expected channels to divide the ${a.length} values, got ${channels}`));
    }
    return rankCorrelation(pooled(a, channels), pooled(b, channels));
  });
}
