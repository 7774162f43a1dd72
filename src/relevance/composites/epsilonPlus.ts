import type { EpsilonRuleOptions } from '../rules/epsilonRule';
import { zPlusRule } from '../rules/zPlusRule';
import type { Composite } from './composite';
import { ofKinds } from './ofKinds';

/**
 * The z⁺ rule at convolutions, the epsilon rule at dense layers: what `layerwiseRelevance` does if nothing is
 * said.
 *
 * @throws As `epsilonRule`.
 * @see Montavon et al. 2019 — https://doi.org/10.1007/978-3-030-28954-6_10
 * @example
 * ```ts
 * const map = layerwiseRelevance(model, image, { target: 281, composite: epsilonPlus() });
 * ```
 */
export function epsilonPlus(options: EpsilonRuleOptions = {}): Composite {
  return ofKinds('epsilonPlus', options, zPlusRule);
}
