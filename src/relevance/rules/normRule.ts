import { describedRule } from './described';
import type { RelevanceRule } from './relevanceRule';
import { sharedOut } from './sharedOut';

/**
 * The rule of sums and averages: relevance in proportion to what each term contributes, of either sign.
 *
 * `R_i = x_i w_i / (z + 1e-6 sign⁺(z)) R,  z = Σ_i x_i w_i`
 *
 * It is the epsilon rule that only keeps from dividing by 0. At a layer with weights the bias takes its
 * share.
 *
 * @see Bach et al. 2015 — https://doi.org/10.1371/journal.pone.0130140
 * @example
 * ```ts
 * const composite = byName({ gap: normRule() });
 * const map = layerwiseRelevance(model, image, { target: 281, composite });
 * ```
 */
export function normRule(): RelevanceRule {
  return describedRule('normRule', {}, (at) => {
    const { x, filter, bias = null } = at.inputs;
    return sharedOut(at, [{ x, filter, bias: at.ignoresBias ? null : bias }]);
  });
}
