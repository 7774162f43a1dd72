import { mul } from '@tensorflow/tfjs-core';
import type { Tensor } from '@tensorflow/tfjs-core';
import { onePass } from '../explanations/calls/onePass';
import type { SaliencyMethod } from '../explanations/calls/method';
import { SALIENCY_OPTIONS, placesOf } from '../explanations/explainer/options';
import type { SaliencyOptions } from '../explanations/explainer/options';
import { mapTensors, partAt } from '../explanations/inputs/structure';

/**
 * Input times gradient: what each value of the input adds to the score, in the linear view of it.
 *
 * `M(x) = x · ∂S(x) / ∂x`
 *
 * On a network of rectifiers without biases its cells sum to the score. With `wrt` the output of that layer
 * stands for `x`; with a `rule` the gradient follows it.
 *
 * @function
 * @param model A LayersModel, a GraphModel, or a differentiable function of tensors.
 * @param x `[batch, ...]`, a list of such, or by input name, values as the model expects them.
 * @returns The same structure and shapes as `x`, in the score's own unit. The caller disposes it.
 * @throws As `saliency`.
 * @see Shrikumar et al. 2016 — https://arxiv.org/abs/1605.01713
 * @example
 * ```ts
 * const map = inputXGradient(model, image, { target: 281 });
 * ```
 *
 * ![The photo of the README by inputXGradient](../../docs/methods/inputXGradient.jpg)
 */
export const inputXGradient: SaliencyMethod<SaliencyOptions> = /* @__PURE__ */ onePass({
  name: 'inputXGradient',
  options: SALIENCY_OPTIONS,
  ask: (options) => ({ ...options, at: placesOf(options.wrt) }),
  map: ({ map, at }, x) => {
    const factorOf = (i: number) => (at.length > 0 ? at[i]!.y : partAt(x, map, i)) as Tensor;
    return mapTensors(map, (dx, i) => mul(factorOf(i), dx));
  },
});
