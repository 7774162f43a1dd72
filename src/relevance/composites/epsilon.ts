import { epsilonRule } from '../rules/epsilonRule';
import type { EpsilonRuleOptions } from '../rules/epsilonRule';
import type { Composite } from './composite';
import { ofKinds } from './ofKinds';

/**
 * The epsilon rule at every layer with weights.
 *
 * @throws As `epsilonRule`.
 * @see Bach et al. 2015 — https://doi.org/10.1371/journal.pone.0130140
 * @example
 * ```ts
 * const map = layerwiseRelevance(model, image, { target: 281, composite: epsilon({ epsilon: 0.01 }) });
 * ```
 */
export function epsilon(options: EpsilonRuleOptions = {}): Composite {
  return ofKinds('epsilon', options, () => epsilonRule(options));
}
