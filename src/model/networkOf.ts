import type { LayersModel } from '@tensorflow/tfjs-layers';
import { functionNetwork } from './functionNetwork';
import { graphNetwork } from './graphNetwork';
import { kindOf } from './inputs';
import { layersNetwork } from './layersNetwork';
import { isGraphModel, isLayersModel } from './modelKinds';
import type { GraphModelLike, ModelFunction } from './modelKinds';
import { NETWORK } from './network';
import type { Network } from './network';
import type { PreparedModel } from './prepared/preparedModel';

/** Whatever can be explained. */
export type Model = LayersModel | GraphModelLike | PreparedModel | ModelFunction;

/** The network behind a model. */
export function networkOf(caller: string, model: Model): Network {
  if (isPrepared(model)) return model[NETWORK](caller, networkOf(caller, model.model));
  if (isLayersModel(model)) return layersNetwork(caller, model);
  if (isGraphModel(model)) return graphNetwork(caller, model);
  if (typeof model === 'function') return functionNetwork(caller, model);
  throw new TypeError(
    `${caller}: expected model to be a LayersModel, a GraphModel, a prepared model or a function, got ${kindOf(model)}`,
  );
}

/** Whether a model is a prepared one; by a key of its own, so that who prepares nothing loads none of it. */
export function isPrepared(model: Model): model is PreparedModel {
  return typeof model === 'object' && model !== null && NETWORK in model;
}
