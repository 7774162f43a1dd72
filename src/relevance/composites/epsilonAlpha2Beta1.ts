import { alphaBetaRule } from '../rules/alphaBetaRule';
import type { EpsilonRuleOptions } from '../rules/epsilonRule';
import type { Composite } from './composite';
import { ofKinds } from './ofKinds';

/**
 * The alpha-beta rule of 2 and 1 at convolutions, the epsilon rule at dense layers.
 *
 * @throws As `epsilonRule`.
 * @see Lapuschkin et al. 2019 — https://arxiv.org/abs/1902.10178
 * @example
 * ```ts
 * const map = layerwiseRelevance(model, image, { target: 281, composite: epsilonAlpha2Beta1() });
 * ```
 */
export function epsilonAlpha2Beta1(options: EpsilonRuleOptions = {}): Composite {
  return ofKinds('epsilonAlpha2Beta1', options, alphaBetaRule);
}
