import { checkEngine } from '../errors/checkEngine';
import { ours } from '../errors/door';
import { functionNetwork } from './functionNetwork';
import { graphNetwork } from './graphs/graphNetwork';
import { layersNetwork } from './layers/layersNetwork';
import { isGraphModel, isLayersModel } from './modelKinds';
import type { LoadedModel, ModelFunction } from './modelKinds';
import { notAModel } from './notAModel';
import { hasNetwork, NETWORK } from './network';
import type { Network } from './network';
import type { PreparedModel } from './programs/preparedModel';
import { ProgramCache } from './programs/programCache';
import { programNetwork } from './programs/programNetwork';

/** Whatever can be explained. */
export type Model = LoadedModel | PreparedModel | ModelFunction;

/**
 * The network behind a model.
 *
 * @param from The nodes of a GraphModel at which its runs start; none for its inputs.
 * @param isAsWritten Whether to run the model's own kernels, with none of them fused.
 */
export function networkOf(model: Model, from: readonly string[] = [], isAsWritten = false): Network {
  checkEngine();
  if (isPrepared(model)) {
    const own = modelNetwork(model.model, from) as Network;
    const programs = model[NETWORK](own); // refuses where it is disposed
    return isAsWritten ? own : programs;
  }
  const network = modelNetwork(model, from);
  if (network) return isAsWritten ? network : programNetwork(network, programsOf(model));
  if (typeof model === 'function') {
    refuseFrom(from, 'a function', 'explain a function of what stands there');
    return functionNetwork(model);
  }
  throw notAModel(model, 'a LayersModel, a GraphModel, a prepared model or a function');
}

/** The network that runs a model as it is. */
function modelNetwork(model: Model, from: readonly string[]): Network | undefined {
  if (isLayersModel(model)) {
    refuseFrom(from, 'a LayersModel', `explain the gradient there: { wrt: "${from[0]}" }`);
    return layersNetwork(model);
  }
  return isGraphModel(model) ? graphNetwork(model, from) : undefined;
}

function refuseFrom(from: readonly string[], what: string, instead: string): void {
  if (from.length === 0) return;
  throw ours(new TypeError(`expected from with a GraphModel, got ${what}; ${instead}`));
}

/** The programs of the models that were explained without being prepared: lists of kernels, and no tensor. */
const programs = new WeakMap<object, ProgramCache>();

function programsOf(model: object): ProgramCache {
  let cache = programs.get(model);
  if (!cache) programs.set(model, (cache = new ProgramCache()));
  return cache;
}

/** Whether a model is a prepared one. */
export function isPrepared(model: Model): model is PreparedModel {
  return hasNetwork(model);
}
