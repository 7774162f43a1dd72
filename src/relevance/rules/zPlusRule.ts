import { door } from '../../errors/door';
import { checkOptionNames } from '../../errors/optionNames';
import { checkBias } from './checkRule';
import { describedRule } from './described';
import type { BiasOption, RelevanceRule } from './relevanceRule';
import { sharedOut } from './sharedOut';
import { biasAt, bySigns, negative, positive } from './signs';

/**
 * The z⁺ rule: relevance in proportion to what contributes positively; the alpha-beta rule of 1 and 0.
 *
 * `R_i = Σ_j (x_i w_ij)⁺ / z_j⁺ R_j,  z_j⁺ = Σ_i (x_i w_ij)⁺ + b_j⁺`
 *
 * @throws TypeError if an option is unknown or `bias` is not `'ignore'`.
 * @see Bach et al. 2015 — https://doi.org/10.1371/journal.pone.0130140
 * @see Montavon et al. 2017 — https://arxiv.org/abs/1512.02479
 * @example
 * ```ts
 * const composite = byName({ conv2: zPlusRule() });
 * const map = layerwiseRelevance(model, image, { target: 281, composite });
 * ```
 */
export function zPlusRule(options: BiasOption = {}): RelevanceRule {
  return door('zPlusRule', () => {
    checkOptionNames(options, ['bias']);
    const { bias } = options;
    checkBias(bias);
    return describedRule('zPlusRule', { bias }, (at) =>
      sharedOut(at, bySigns(at, biasAt(at, bias), positive, negative)),
    );
  });
}
