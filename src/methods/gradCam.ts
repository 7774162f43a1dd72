import { mean, mul } from '@tensorflow/tfjs-core';
import type { Tensor } from '@tensorflow/tfjs-core';
import { activationMap } from '../explanations/activations/activationMaps';
import type { CamOptions, Cells } from '../explanations/activations/activationMaps';
import type { MapMethod } from '../explanations/calls/method';

/**
 * Grad-CAM: where in the image a layer has what speaks for the target, its channels weighed by their mean
 * gradients.
 *
 * `M = relu(Σ_c w_c A_c)`, `w_c = mean over space of ∂S / ∂A_c`, `A` the layer's output
 *
 * Of a LayersModel or GraphModel, 2-D or otherwise: `[batch, n]` of a signal or a text, `[batch, d, h, w]` of
 * a volume. An output `[batch, n, channels]` is a signal where no input has rows and columns; where one has,
 * it holds tokens, and `reshape` must say how they lie.
 *
 * @function
 * @param model A LayersModel, a GraphModel, or a prepared one; a function has no layers.
 * @param x `[batch, ...]`, a list of such, or by input name, values as the model expects them.
 * @returns `[batch, h, w]`, in the layer's own resolution (`resizeMap` makes it that of the image) and the
 *   score's own unit, not normalised; zeros where nothing speaks for the target. The caller disposes it.
 * @throws TypeError if `model` is a function, or an option is unknown or of the wrong kind.
 * @throws RangeError if the layer does not exist, its output has no space, or tokens come without `reshape`;
 *   Error if the target does not depend on it; otherwise as `saliency`.
 * @see Selvaraju et al. 2017 — https://arxiv.org/abs/1610.02391
 * @example
 * ```ts
 * const map = gradCam(model, image, { target: 281 });
 * ```
 *
 * ![The photo of the README by gradCam](../../docs/methods/gradCam.jpg)
 */
export const gradCam: MapMethod<CamOptions> = /* @__PURE__ */ activationMap('gradCam', byMeanGradient);

/** Each channel times its mean gradient. */
export function byMeanGradient({ y, dy, cells }: Cells): Tensor {
  return mul(mean(dy, cells, true), y);
}
