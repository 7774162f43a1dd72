import { checkEngine } from '../../errors/checkEngine';
import { door } from '../../errors/door';
import { isGraphModel, isLayersModel } from '../modelKinds';
import type { LoadedModel } from '../modelKinds';
import { notAModel } from '../notAModel';
import { PreparedModel } from './preparedModel';

/**
 * Prepares a model to be explained many times: the same maps, sooner.
 *
 * At the first explanation for a set of input shapes the model is run once and its kernels are written down:
 * biases are folded into the convolutions, and on cpu and wasm batch norms, too; rectifiers are fused into
 * them, and the rotated kernels that the way back needs are kept. From then on that list of kernels runs in
 * place of the model's layers.
 *
 * Nothing goes stale: when a weight has changed (by training, `setWeights`, `assign`), a layer's field such
 * as its activation, a method of a layer's class, a weight or an attribute in a graph, or the backend, the
 * next explanation prepares anew. A model with layers, activations, methods or registered ops of the user's
 * own, a stateful RNN, or random ops in its graph is run as it is.
 *
 * The first explanation takes longer than later ones; `warm` has that done before an input is there.
 *
 * A model that is not prepared is explained in the same way; but all that is made of its weights is made, and
 * freed, with each call.
 *
 * @param model A LayersModel, also an overridden copy, or a GraphModel. It stays the user's, and must not be
 *   disposed before the prepared one.
 * @returns What is taken wherever a model is taken. It holds tensors of up to about the size of the weights
 *   twice over (once folded, once rotated), whatever inputs it is given; the caller disposes it.
 * @throws TypeError if `model` is neither a LayersModel nor a GraphModel.
 * @example
 * ```ts
 * const fast = prepare(model);
 * for (const target of [281, 282]) guidedBackprop(fast, image, { target }).dispose();
 * fast.dispose();
 * ```
 */
export function prepare(model: LoadedModel): PreparedModel {
  return door('prepare', () => {
    checkEngine();
    if (isLayersModel(model) || isGraphModel(model)) return new PreparedModel(model);
    throw notAModel(model, 'a LayersModel or a GraphModel', 'a function is explained as it is');
  });
}
