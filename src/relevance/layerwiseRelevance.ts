import { mul, notEqual, sub, where, zerosLike } from '@tensorflow/tfjs-core';
import type { Tensor } from '@tensorflow/tfjs-core';
import type { SaliencyMethod } from '../explanations/calls/method';
import { onePass } from '../explanations/calls/onePass';
import type { TargetOptions } from '../explanations/explainer/options';
import type { Composite } from './composites/composite';
import { compositeOf } from './composites/compositeFrom';
import type { RecordedComposite } from './composites/compositeFrom';
import { epsilonPlus } from './composites/epsilonPlus';
import { relevanceThrough } from './layers/relevanceThrough';
import { checkBias } from './rules/checkRule';
import { descriptionOf } from './rules/described';
import type { BiasOption } from './rules/relevanceRule';
import { selectFlat } from '../tensors/selectFlat';
import { totalOf } from './totalOf';

/** Options of `layerwiseRelevance`. */
export interface LayerwiseRelevanceOptions extends TargetOptions, BiasOption {
  /**
   * Which rule is in force where, e.g. `epsilonGammaBox({ low: 0, high: 1 })`; or as a record has it.
   *
   * @default epsilonPlus()
   */
  composite?: Composite | RecordedComposite;
}

/**
 * Layerwise relevance propagation: the score, shared out layer by layer among what it was computed from.
 *
 * `Σ_i R_i = Σ_j R_j` from layer to layer, down from `R = S(x)`; less what biases and `epsilon` take
 *
 * Signed and raw. What is lost or won on the way is the `gap` in the record of `explain`: the sum of the map
 * less the score, of each sample. Batch norms are merged into the layers before them; max pooling hands
 * relevance to the winner, sums and averages share it out in proportion; activations pass it. What is no
 * layer in the papers has its own way: a product of two shares it equally, a softmax in proportion.
 *
 * Relevance propagation is patented; its authors allow it "free of charge for personal and scientific
 * purposes".
 *
 * @function
 * @param model A LayersModel, a GraphModel, or a differentiable function of tensors.
 * @param x `[batch, ...]`, a list of such, or by input name, values as the model expects them.
 * @returns The same structure and shapes as `x`, or of `wrt`: a share of the score, in its unit. The caller
 *   disposes it.
 * @throws TypeError if `composite` is no function or gives what is no rule; RangeError if it names a layer
 *   that is not there, or lets a layer pass whose output has another shape than its input; otherwise as
 *   `saliency`.
 * @see Bach et al. 2015 — https://doi.org/10.1371/journal.pone.0130140
 * @example
 * ```ts
 * const map = layerwiseRelevance(model, image, { target: 281 });
 * ```
 *
 * ![The photo of the README by layerwiseRelevance](../../docs/methods/layerwiseRelevance.jpg)
 */
export const layerwiseRelevance: SaliencyMethod<LayerwiseRelevanceOptions> = /* @__PURE__ */ onePass({
  name: 'layerwiseRelevance',
  options: ['target', 'score', 'wrt', 'from', 'batchSize', 'composite', 'bias'],
  resolve: ({
    composite = epsilonPlus(),
    ...options
  }: LayerwiseRelevanceOptions): LayerwiseRelevanceOptions => ({
    ...options,
    // as JSON for the record, where it is one of ours
    composite: descriptionOf(composite) ?? composite,
  }),
  ask: ({ composite, bias, ...options }: LayerwiseRelevanceOptions) => {
    checkBias(bias);
    const through = relevanceThrough(compositeOf(composite), bias === 'ignore');
    return { ...options, propagation: { start: shareOf, through } };
  },
  gapOnce: ({ map, value }, { wrt }) => {
    const total = totalOf(map, value, wrt);
    return total && sub(total, value);
  },
});

/** What is taken of the numbers that are explained: they themselves. */
function shareOf(dy: Tensor, y: Tensor): Tensor {
  // selected rather than only multiplied: another score may be infinite
  return selectFlat(dy.shape, [dy, y], (dy, y) => where(notEqual(dy, 0), mul(dy, y), zerosLike(dy)));
}
