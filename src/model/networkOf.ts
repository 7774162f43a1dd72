import type { LayersModel } from '@tensorflow/tfjs-layers';
import { functionNetwork } from './functionNetwork';
import { graphNetwork } from './graphNetwork';
import { kindOf } from './inputs';
import { layersNetwork } from './layersNetwork';
import { isGraphModel, isLayersModel } from './modelKinds';
import type { GraphModelLike, ModelFunction } from './modelKinds';
import type { Network } from './network';
import { PreparedModel } from './prepared/preparedModel';
import { preparedNetwork } from './prepared/preparedNetwork';

/** Whatever can be explained. */
export type Model = LayersModel | GraphModelLike | PreparedModel | ModelFunction;

/** The network behind a model. */
export function networkOf(caller: string, model: Model): Network {
  if (model instanceof PreparedModel) return preparedNetwork(caller, model, networkOf(caller, model.model));
  if (isLayersModel(model)) return layersNetwork(caller, model);
  if (isGraphModel(model)) return graphNetwork(caller, model);
  if (typeof model === 'function') return functionNetwork(caller, model);
  throw new TypeError(`${caller}: expected model to be a LayersModel, a GraphModel, a prepared model or a function, got ${kindOf(model)}`);
}
