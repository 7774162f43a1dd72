import type { Tensor } from '@tensorflow/tfjs-core';
import type { LayersModel } from '@tensorflow/tfjs-layers';
import { isLayersModel } from '../modelKinds';

/** A weight of a model, whichever comes first; found without a walk over all of them. */
export function firstWeight(model: LayersModel): Tensor | undefined {
  for (const layer of model.layers) {
    const weight = isLayersModel(layer)
      ? firstWeight(layer)
      : (layer.weights[0] as { val?: Tensor } | undefined)?.val;
    if (weight) return weight;
  }
  return undefined;
}
