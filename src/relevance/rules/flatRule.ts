import { onesLike } from '@tensorflow/tfjs-core';
import { describedRule } from './described';
import type { RelevanceRule } from './relevanceRule';
import { sharedOut } from './sharedOut';

/**
 * The flat rule: the same share for each input that an output reads, whatever its value and its weight.
 *
 * `R_i = Σ_j R_j / n_j`, `n_j` how many inputs output j reads; cells of a convolution's padding are none.
 *
 * For the first layer: a map of patches without the filters' texture. No bias takes part.
 *
 * @see Lapuschkin et al. 2019 — https://arxiv.org/abs/1902.10178
 * @example
 * ```ts
 * const composite = byName({ conv1: flatRule() });
 * const map = layerwiseRelevance(model, image, { target: 281, composite });
 * ```
 */
export function flatRule(): RelevanceRule {
  return describedRule('flatRule', {}, (at) => {
    const { x, filter } = at.inputs;
    return sharedOut(at, [{ x: onesLike(x), filter: onesLike(filter), bias: null }]);
  });
}
