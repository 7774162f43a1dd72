import { add, mul, neg, step } from '@tensorflow/tfjs-core';
import type { Tensor } from '@tensorflow/tfjs-core';
import { door } from '../../errors/door';
import { checkOptionNames } from '../../errors/optionNames';
import { checkBias, checkFrom0 } from './checkRule';
import { describedRule } from './described';
import type { BiasOption, RelevanceRule } from './relevanceRule';
import { EPSILON, sharedOut } from './sharedOut';
import { biasAt, bySigns, negative, positive } from './signs';

/** Options of `gammaRule`. */
export interface GammaRuleOptions extends BiasOption {
  /** How much more positive contributions count; 0 gives the epsilon rule. @default 0.25 */
  gamma?: number;
}

/**
 * The gamma rule: as the epsilon rule, with more weight on what speaks for the output's sign.
 *
 * `R_i = Σ_j (x_i w_ij + γ (x_i w_ij)⁺) / (z_j + γ z_j⁺) R_j` where the output is above 0; where it is below,
 * the same with the negative parts; nothing where it is 0.
 *
 * @throws TypeError if an option is unknown or `bias` is not `'ignore'`; RangeError if `gamma` is below 0.
 * @see Montavon et al. 2019 — https://doi.org/10.1007/978-3-030-28954-6_10
 * @see Andéol et al. 2021 — https://arxiv.org/abs/2112.09021
 * @example
 * ```ts
 * const composite = byName({ conv2: gammaRule({ gamma: 0.25 }) });
 * const map = layerwiseRelevance(model, image, { target: 281, composite });
 * ```
 */
export function gammaRule(options: GammaRuleOptions = {}): RelevanceRule {
  return door('gammaRule', () => {
    checkOptionNames(options, ['gamma', 'bias']);
    const { gamma = 0.25, bias } = options;
    checkFrom0('gamma', gamma);
    checkBias(bias);
    const more = (part: (w: Tensor) => Tensor) => (w: Tensor) => add(w, mul(gamma, part(w)));
    return describedRule('gammaRule', { gamma, bias }, (at) => {
      const b = biasAt(at, bias);
      const { dy, y } = at;
      const above = bySigns(at, b, more(positive), more(negative));
      const below = bySigns(at, b, more(negative), more(positive));
      return add(
        sharedOut(at, above, EPSILON, mul(dy, step(y))),
        sharedOut(at, below, EPSILON, mul(dy, step(neg(y)))),
      );
    });
  });
}
