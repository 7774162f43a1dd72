import { onesLike, square } from '@tensorflow/tfjs-core';
import { door } from '../../errors/door';
import { checkOptionNames } from '../../errors/optionNames';
import { checkBias } from './checkRule';
import { describedRule } from './described';
import type { BiasOption, RelevanceRule } from './relevanceRule';
import { sharedOut } from './sharedOut';
import { biasAt } from './signs';

/**
 * The w² rule: relevance in proportion to the square of the weights, whatever the values.
 *
 * `R_i = Σ_j w_ij² / (Σ_i w_ij² + b_j²) R_j`
 *
 * For a first layer whose inputs may be any numbers.
 *
 * @throws TypeError if an option is unknown or `bias` is not `'ignore'`.
 * @see Montavon et al. 2017 — https://arxiv.org/abs/1512.02479
 * @example
 * ```ts
 * const composite = byName({ conv1: wSquareRule() });
 * const map = layerwiseRelevance(model, image, { target: 281, composite });
 * ```
 */
export function wSquareRule(options: BiasOption = {}): RelevanceRule {
  return door('wSquareRule', () => {
    checkOptionNames(options, ['bias']);
    const { bias } = options;
    checkBias(bias);
    return describedRule('wSquareRule', { bias }, (at) => {
      const { x, filter } = at.inputs;
      const b = biasAt(at, bias);
      return sharedOut(at, [{ x: onesLike(x), filter: square(filter), bias: b && square(b) }]);
    });
  });
}
