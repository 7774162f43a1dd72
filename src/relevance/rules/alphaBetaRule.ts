import { mul, sub } from '@tensorflow/tfjs-core';
import { door, ours } from '../../errors/door';
import { checkOptionNames } from '../../errors/optionNames';
import { checkBias, checkFrom0 } from './checkRule';
import { describedRule } from './described';
import type { BiasOption, RelevanceRule } from './relevanceRule';
import { sharedOut } from './sharedOut';
import { biasAt, bySigns, negative, positive } from './signs';

/** Options of `alphaBetaRule`. */
export interface AlphaBetaRuleOptions extends BiasOption {
  /** How much of the relevance what contributes positively gets. @default 2 */
  alpha?: number;
  /** How much what contributes negatively gets, with its sign; `alpha - beta` is 1. @default 1 */
  beta?: number;
}

/**
 * The alpha-beta rule: what speaks for and what speaks against share relevance apart.
 *
 * `R_i = Σ_j (α (x_i w_ij)⁺ / z_j⁺ − β (x_i w_ij)⁻ / z_j⁻) R_j,  z_j^± = Σ_i (x_i w_ij)^± + b_j^±`
 *
 * @throws TypeError if an option is unknown or `bias` is not `'ignore'`; RangeError if `alpha` or `beta` is
 *   below 0, or they do not differ by 1: then relevance would not be conserved.
 * @see Bach et al. 2015 — https://doi.org/10.1371/journal.pone.0130140
 * @example
 * ```ts
 * const composite = byName({ conv2: alphaBetaRule({ alpha: 2, beta: 1 }) });
 * const map = layerwiseRelevance(model, image, { target: 281, composite });
 * ```
 */
export function alphaBetaRule(options: AlphaBetaRuleOptions = {}): RelevanceRule {
  return door('alphaBetaRule', () => {
    checkOptionNames(options, ['alpha', 'beta', 'bias']);
    const { alpha = 2, beta = 1, bias } = options;
    checkFrom0('alpha', alpha);
    checkFrom0('beta', beta);
    if (Math.abs(alpha - beta - 1) > 1e-6) {
      throw ours(new RangeError(`expected alpha - beta to be 1, got ${alpha} - ${beta}`));
    }
    checkBias(bias);
    return describedRule('alphaBetaRule', { alpha, beta, bias }, (at) => {
      const b = biasAt(at, bias);
      const forIt = mul(alpha, sharedOut(at, bySigns(at, b, positive, negative)));
      if (beta === 0) return forIt;
      return sub(forIt, mul(beta, sharedOut(at, bySigns(at, b, negative, positive))));
    });
  });
}
