import { onePass } from '../explanations/calls/onePass';
import type { SaliencyMethod } from '../explanations/calls/method';
import { TARGET_OPTIONS } from '../explanations/explainer/options';
import type { TargetOptions } from '../explanations/explainer/options';
import { deconv } from '../rules/deconv';

/**
 * Deconvnet: the gradient with respect to the input, with each rectifier applied to what goes back instead.
 *
 * `saliency` under the rule `deconv`: `dx′ = max(dy, 0)` at every rectifier, whatever it did on the way
 * forward.
 *
 * Only max pooling, and the choice of the class, then look at the image: in a network without max pooling,
 * such as MobileNet, the map of a class is the same for any two images. Like guided backpropagation it fails
 * published sanity checks (Adebayo et al. 2018, https://arxiv.org/abs/1810.03292; Nie et al. 2018,
 * https://arxiv.org/abs/1805.07039).
 *
 * @function
 * @param model A LayersModel, a GraphModel, or a differentiable function of tensors.
 * @param x `[batch, ...]`, a list of such, or by input name, values as the model expects them.
 * @returns The same structure and shapes as `x`. The caller disposes it.
 * @throws As `saliency`; RangeError if there is no rectifier between the input and the target.
 * @see Zeiler & Fergus 2014 — https://arxiv.org/abs/1311.2901
 * @example
 * ```ts
 * const map = deconvnet(model, image, { target: 281 });
 * ```
 *
 * ![The photo of the README by deconvnet](../../docs/methods/deconvnet.jpg)
 */
export const deconvnet: SaliencyMethod<TargetOptions> = /* @__PURE__ */ onePass({
  name: 'deconvnet',
  options: TARGET_OPTIONS,
  ask: (options) => ({ ...options, rule: deconv }),
});
