import { onePass } from '../explanations/calls/onePass';
import type { SaliencyMethod } from '../explanations/calls/method';
import { TARGET_OPTIONS } from '../explanations/explainer/options';
import type { TargetOptions } from '../explanations/explainer/options';
import { guided } from '../rules/guided';

/**
 * Guided backpropagation: the gradient with respect to the input, with negative gradients cut off at each
 * rectifier.
 *
 * `saliency` under the rule `guided`: `dx′ = dx where dy > 0, else 0` at every rectifier.
 *
 * The maps are sharp, and say less about the model than they seem to: guided backpropagation fails published
 * sanity checks. It hardly changes when the upper layers' weights are made random, and does much the same for
 * every class (Adebayo et al. 2018, https://arxiv.org/abs/1810.03292; Nie et al. 2018,
 * https://arxiv.org/abs/1805.07039).
 *
 * @function
 * @param model A LayersModel, a GraphModel, or a differentiable function of tensors.
 * @param x `[batch, ...]`, a list of such, or by input name, values as the model expects them.
 * @returns The same structure and shapes as `x`: what is left of the change of the target per unit of each
 *   value. The caller disposes it.
 * @throws As `saliency`; RangeError if there is no rectifier between the input and the target.
 * @see Springenberg et al. 2015 — https://arxiv.org/abs/1412.6806
 * @example
 * ```ts
 * const map = guidedBackprop(model, image, { target: 281 });
 * ```
 *
 * ![The photo of the README by guidedBackprop](../../docs/methods/guidedBackprop.jpg)
 */
export const guidedBackprop: SaliencyMethod<TargetOptions> = /* @__PURE__ */ onePass({
  name: 'guidedBackprop',
  options: TARGET_OPTIONS,
  ask: (options) => ({ ...options, rule: guided }),
});
