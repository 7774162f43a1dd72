import { inside, isLayersModel, type LoadedModel } from '../model/modelKinds';
import { activationSites } from './activationSites';
import { graphActivations } from './describeGraph';

/** The activations that a model has, each once, as errors list them. */
export function activationNames(model: LoadedModel): string[] {
  const places = isLayersModel(model) ? activationSites(model) : graphActivations(inside(model));
  return [...new Set(places.map(({ activation }) => activation))];
}
