import type { LayersModel } from '@tensorflow/tfjs-layers';
import { inside, isLayersModel, type GraphModelLike } from '../model/modelKinds';
import { activationSites } from './activationSites';
import { graphActivations } from './describeGraph';

/** The activations that a model has, each once, as errors list them. */
export function activationNames(model: LayersModel | GraphModelLike): string[] {
  const places = isLayersModel(model) ? activationSites(model) : graphActivations(inside(model));
  return [...new Set(places.map(({ activation }) => activation))];
}
