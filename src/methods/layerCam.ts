import { mul, relu } from '@tensorflow/tfjs-core';
import { activationMap } from '../explanations/activations/activationMaps';
import type { CamOptions } from '../explanations/activations/activationMaps';
import type { MapMethod } from '../explanations/calls/method';

/**
 * LayerCAM: a layer's output, each cell weighed by its own gradient where that is positive; for early layers,
 * too.
 *
 * `M = relu(Σ_c relu(g) A)`, `g = ∂S / ∂A`
 *
 * @function
 * @param model A LayersModel, a GraphModel, or a prepared one; a function has no layers.
 * @param x `[batch, ...]`, a list of such, or by input name, values as the model expects them.
 * @returns `[batch, h, w]`, as `gradCam`. The caller disposes it.
 * @throws As `gradCam`.
 * @see Jiang et al. 2021 — https://doi.org/10.1109/TIP.2021.3089943
 * @example
 * ```ts
 * const map = layerCam(model, image, { target: 281, layer: 'conv1' });
 * ```
 *
 * ![The photo of the README by layerCam](../../docs/methods/layerCam.jpg)
 */
export const layerCam: MapMethod<CamOptions> = /* @__PURE__ */ activationMap('layerCam', ({ y, dy }) =>
  mul(relu(dy), y),
);
