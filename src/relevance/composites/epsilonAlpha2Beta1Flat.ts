import { alphaBetaRule } from '../rules/alphaBetaRule';
import type { EpsilonRuleOptions } from '../rules/epsilonRule';
import { flatRule } from '../rules/flatRule';
import type { Composite } from './composite';
import { ofKinds } from './ofKinds';

/**
 * The flat rule at the first layer, the alpha-beta rule of 2 and 1 at the other convolutions, the epsilon
 * rule at dense layers.
 *
 * @throws As `epsilonRule`.
 * @see Lapuschkin et al. 2019 — https://arxiv.org/abs/1902.10178
 * @example
 * ```ts
 * const map = layerwiseRelevance(model, image, { target: 281, composite: epsilonAlpha2Beta1Flat() });
 * ```
 */
export function epsilonAlpha2Beta1Flat(options: EpsilonRuleOptions = {}): Composite {
  return ofKinds('epsilonAlpha2Beta1Flat', options, alphaBetaRule, () => flatRule());
}
