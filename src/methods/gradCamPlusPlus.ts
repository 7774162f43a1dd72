import { add, div, mul, relu, square, sum } from '@tensorflow/tfjs-core';
import { activationMap } from '../explanations/activations/activationMaps';
import type { CamOptions } from '../explanations/activations/activationMaps';
import type { MapMethod } from '../explanations/calls/method';

/** Added below the line, as pytorch-grad-cam does. */
const EPSILON = 1e-6;

/**
 * Grad-CAM++: Grad-CAM whose mean over a channel's gradients is weighed, for several objects of one class.
 *
 * `M = relu(Σ_c w_c A_c)`, `w_c = Σ alpha relu(g)` over space, `alpha = g² / (2 g² + ΣA g³ + 1e-6)` where
 * `g ≠ 0`, else 0; `g = ∂S / ∂A`
 *
 * The weights are sums over space, not means: the map is of another magnitude than Grad-CAM's. Peers mean
 * different things by this name; this is pytorch-grad-cam's, of the score as it is, without `exp`.
 *
 * @function
 * @param model A LayersModel, a GraphModel, or a prepared one; a function has no layers.
 * @param x `[batch, ...]`, a list of such, or by input name, values as the model expects them.
 * @returns `[batch, h, w]`, as `gradCam`. The caller disposes it.
 * @throws As `gradCam`.
 * @see Chattopadhyay et al. 2018 — https://arxiv.org/abs/1710.11063
 * @example
 * ```ts
 * const map = gradCamPlusPlus(model, image, { target: 281 });
 * ```
 *
 * ![The photo of the README by gradCamPlusPlus](../../docs/methods/gradCamPlusPlus.jpg)
 */
export const gradCamPlusPlus: MapMethod<CamOptions> = /* @__PURE__ */ activationMap(
  'gradCamPlusPlus',
  ({ y, dy, cells }) => {
    const squares = square(dy);
    const cubes = mul(squares, dy);
    const below = add(add(mul(squares, 2), mul(sum(y, cells, true), cubes)), EPSILON);
    // without a gradient nothing stands above the line, and EPSILON below it
    const alpha = div(squares, below);
    return mul(sum(mul(alpha, relu(dy)), cells, true), y);
  },
);
