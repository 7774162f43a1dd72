import { mul } from '@tensorflow/tfjs-core';
import { activationMap } from '../explanations/activations/activationMaps';
import type { CamOptions } from '../explanations/activations/activationMaps';
import type { MapMethod } from '../explanations/calls/method';

/**
 * HiResCAM: what each cell of a layer adds to the target, by its own gradient.
 *
 * `M = relu(Σ_c g A)`, `g = ∂S / ∂A`
 *
 * Where the network ends in global average pooling and a dense layer it is Grad-CAM; elsewhere Grad-CAM's
 * mean over space may point to cells that the network does not use, and this does not.
 *
 * @function
 * @param model A LayersModel, a GraphModel, or a prepared one; a function has no layers.
 * @param x `[batch, ...]`, a list of such, or by input name, values as the model expects them.
 * @returns `[batch, h, w]`, as `gradCam`. The caller disposes it.
 * @throws As `gradCam`.
 * @see Draelos & Carin 2020 — https://arxiv.org/abs/2011.08891
 * @example
 * ```ts
 * const map = hiResCam(model, image, { target: 281 });
 * ```
 *
 * ![The photo of the README by hiResCam](../../docs/methods/hiResCam.jpg)
 */
export const hiResCam: MapMethod<CamOptions> = /* @__PURE__ */ activationMap('hiResCam', ({ y, dy }) =>
  mul(dy, y),
);
