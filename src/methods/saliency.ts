import { onePass } from '../explanations/calls/onePass';
import type { SaliencyMethod } from '../explanations/calls/method';
import { SALIENCY_OPTIONS } from '../explanations/explainer/options';
import type { SaliencyOptions } from '../explanations/explainer/options';

/**
 * Saliency: the gradient of one number of a model with respect to its input.
 *
 * `M(x) = ∂S(x) / ∂x`
 *
 * Signed and raw: not made absolute, summed over channels or normalised. Each sample's map is the map that it
 * would get alone. Runs the model once forward, in inference mode, and once backward to the input only; the
 * model is not changed, and nothing is read back from the device. A NaN shows up as NaN.
 *
 * With a `rule`, it reaches Relu, Relu6, LeakyRelu, Prelu, Elu and Selu kernels and, in a LayersModel or
 * GraphModel, a Relu with a clip at a constant behind it and ThresholdedReLU; it goes before the rule of an
 * overridden copy, which goes before a `withGradients` scope.
 *
 * @function
 * @param model A LayersModel, a GraphModel, or a differentiable function of tensors.
 * @param x `[batch, ...]`, a list of such, or by input name, values as the model expects them. Integers are
 *   cast where the model wants floats. With `from`, what stands at that node. A model that is fixed to a
 *   batch of 1 explains more samples one by one.
 * @returns The same structure and shapes as `x`: change of the target per unit of each value. Zeros for an
 *   input that the target does not use, and for one of integers beside others: those have no gradient, what
 *   they are made into has (`wrt`). The caller disposes it.
 * @throws TypeError if `model`, `x`, `target` or `rule` is of the wrong kind, an option is unknown, or a
 *   function given is async.
 * @throws RangeError if a shape does not fit, a class, layer, node, unit or output does not exist, or the
 *   rule reaches no rectifier.
 * @throws Error if the target does not depend on the input, or on integers alone, a kernel on the way has no
 *   gradient, the backend lacks a kernel, the model is disposed or has control flow, or inside `tf.grad`.
 * @see Simonyan et al. 2013 — https://arxiv.org/abs/1312.6034
 * @example
 * ```ts
 * const map = saliency(model, image, { target: 281 });
 * ```
 *
 * ![The photo of the README by saliency](../../docs/methods/saliency.jpg)
 */
export const saliency: SaliencyMethod<SaliencyOptions> = /* @__PURE__ */ onePass({
  name: 'saliency',
  options: SALIENCY_OPTIONS,
  ask: (options) => options,
});
