import { door } from '../../errors/door';
import { checkOptionNames } from '../../errors/optionNames';
import { checkBias, checkFrom0 } from './checkRule';
import { describedRule } from './described';
import type { BiasOption, RelevanceRule } from './relevanceRule';
import { biasAt } from './signs';
import { sharedOut } from './sharedOut';

/** Options of `epsilonRule`. */
export interface EpsilonRuleOptions extends BiasOption {
  /**
   * What is added to the denominators, in the unit of the layer's output; 0 gives LRP-0, where an output
   * of 0 shares nothing out. @default 1e-6
   */
  epsilon?: number;
}

/**
 * The epsilon rule: relevance in proportion to what each input contributes, of either sign.
 *
 * `R_i = Σ_j x_i w_ij / (z_j + ε sign⁺(z_j)) R_j,  z_j = Σ_i x_i w_ij + b_j`
 *
 * A larger `epsilon` absorbs what contradicts itself; the map is smoother, and sums to less.
 *
 * @throws TypeError if an option is unknown or `bias` is not `'ignore'`; RangeError if `epsilon` is below 0.
 * @see Bach et al. 2015 — https://doi.org/10.1371/journal.pone.0130140
 * @example
 * ```ts
 * const composite = byName({ logits: epsilonRule({ epsilon: 0.1 }) });
 * const map = layerwiseRelevance(model, image, { target: 281, composite });
 * ```
 */
export function epsilonRule(options: EpsilonRuleOptions = {}): RelevanceRule {
  return door('epsilonRule', () => {
    checkOptionNames(options, ['epsilon', 'bias']);
    const { epsilon = 1e-6, bias } = options;
    checkFrom0('epsilon', epsilon);
    checkBias(bias);
    return describedRule('epsilonRule', { epsilon, bias }, (at) => {
      const { x, filter } = at.inputs;
      return sharedOut(at, [{ x, filter, bias: biasAt(at, bias) }], epsilon);
    });
  });
}
