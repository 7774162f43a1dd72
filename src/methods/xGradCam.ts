import { add, div, mul, sum } from '@tensorflow/tfjs-core';
import { activationMap } from '../explanations/activations/activationMaps';
import type { CamOptions } from '../explanations/activations/activationMaps';
import type { MapMethod } from '../explanations/calls/method';

/** Added below the line, as pytorch-grad-cam does: a channel that is 0 everywhere has the weight 0. */
const EPSILON = 1e-7;

/**
 * XGrad-CAM: Grad-CAM whose mean over a channel's gradients is weighed by the channel itself.
 *
 * `M = relu(Σ_c w_c A_c)`, `w_c = Σ g A_c / (ΣA_c + 1e-7)`, sums over space, `g = ∂S / ∂A`
 *
 * Meant for a layer behind a ReLU: where a channel's values sum to about 0, its weight is arbitrarily large.
 *
 * @function
 * @param model A LayersModel, a GraphModel, or a prepared one; a function has no layers.
 * @param x `[batch, ...]`, a list of such, or by input name, values as the model expects them.
 * @returns `[batch, h, w]`, as `gradCam`. The caller disposes it.
 * @throws As `gradCam`.
 * @see Fu et al. 2020 — https://arxiv.org/abs/2008.02312
 * @example
 * ```ts
 * const map = xGradCam(model, image, { target: 281 });
 * ```
 *
 * ![The photo of the README by xGradCam](../../docs/methods/xGradCam.jpg)
 */
export const xGradCam: MapMethod<CamOptions> = /* @__PURE__ */ activationMap(
  'xGradCam',
  ({ y, dy, cells }) => {
    const weights = div(sum(mul(dy, y), cells, true), add(sum(y, cells, true), EPSILON));
    return mul(weights, y);
  },
);
