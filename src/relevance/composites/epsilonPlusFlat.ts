import type { EpsilonRuleOptions } from '../rules/epsilonRule';
import { flatRule } from '../rules/flatRule';
import { zPlusRule } from '../rules/zPlusRule';
import type { Composite } from './composite';
import { ofKinds } from './ofKinds';

/**
 * The flat rule at the first layer, the z⁺ rule at the other convolutions, the epsilon rule at dense layers.
 *
 * @throws As `epsilonRule`.
 * @see Lapuschkin et al. 2019 — https://arxiv.org/abs/1902.10178
 * @example
 * ```ts
 * const map = layerwiseRelevance(model, image, { target: 281, composite: epsilonPlusFlat() });
 * ```
 */
export function epsilonPlusFlat(options: EpsilonRuleOptions = {}): Composite {
  return ofKinds('epsilonPlusFlat', options, zPlusRule, () => flatRule());
}
