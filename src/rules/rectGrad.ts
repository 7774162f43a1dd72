import { lessEqual, mul, reshape, where, zerosLike } from '@tensorflow/tfjs-core';
import { door, ours } from '../errors/door';
import { kindOf } from '../errors/kindOf';
import { checkOptionNames } from '../errors/optionNames';
import { orderStatistic } from './orderStatistic';
import { reading } from './readsOf';
import type { GradientRule } from './rule';

/** Options of `rectGrad`. */
export interface RectGradOptions {
  /**
   * How much of a rectifier's output lets nothing through, in percent of its values in a sample, from 0 to
   * 100: 98, not 0.98.
   *
   * @default 98
   */
  percentile?: number;
}

/** Where a rule carries its percentile; one key for all copies of this module. */
const PERCENTILE: unique symbol = Symbol.for('guided-saliency.percentile') as never;

/**
 * Rectified gradient: the ordinary gradient, kept only where output times arriving gradient is among the
 * largest.
 *
 * `dx′ = dx where y · dy > tau, else 0`, with `tau` that percentile of `y · dy` over the rectifier's output,
 * of each sample (linear interpolation, as numpy's)
 *
 * Strictly above, so that nothing passes where all are equal; a NaN is not hidden. Stated in terms of `dx`,
 * so a ReLU6 keeps its plateau at 6. The paper multiplies the map by the input in the end, as
 * `inputXGradient` does.
 *
 * @param options How much is cut off.
 * @returns A rule, for `rule`, `overrideActivations`, `withRule` and `withGradients`.
 * @throws TypeError if an option is unknown; RangeError if `percentile` is not from 0 to 100.
 * @see Kim et al. 2019 — https://arxiv.org/abs/1902.04893
 * @example
 * ```ts
 * const map = saliency(model, image, { target: 281, rule: rectGrad() });
 * ```
 *
 * ![The photo of the README by rectGrad](../../docs/methods/rectGrad.jpg)
 */
export function rectGrad(options: RectGradOptions = {}): GradientRule {
  return door('rectGrad', () => {
    if ('dy' in Object(options)) {
      throw ours(new TypeError('expected to be called before it is a rule; pass rectGrad()'));
    }
    checkOptionNames(options, ['percentile']);
    const { percentile = 98 } = options;
    if (!(typeof percentile === 'number' && percentile >= 0 && percentile <= 100)) {
      const got = typeof percentile === 'number' ? percentile : kindOf(percentile);
      throw ours(new RangeError(`expected percentile to be from 0 to 100, got ${got}`));
    }
    const rule: GradientRule = ({ dy, dx, y }) => {
      const products = mul(y, dy);
      const [samples = 1] = products.shape;
      const rows = reshape(products, [samples, -1]);
      // what lies above the interpolated percentile is what lies above the value that it starts from
      const below = Math.floor((percentile * (products.size / samples - 1)) / 100);
      const isCut = lessEqual(rows, orderStatistic(rows, below));
      return reshape(where(isCut, zerosLike(rows), reshape(dx, rows.shape)), dx.shape);
    };
    return Object.defineProperties(reading('output', rule), {
      name: { value: 'rectGrad' },
      [PERCENTILE]: { value: percentile },
    });
  });
}

/** The percentile of a rule that `rectGrad` made; undefined for any other. */
export function percentileOf(rule: unknown): number | undefined {
  return typeof rule === 'function' ? (rule as { [PERCENTILE]?: number })[PERCENTILE] : undefined;
}
