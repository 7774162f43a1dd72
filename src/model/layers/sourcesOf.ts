import type { LayersModel } from '@tensorflow/tfjs-layers';
import { callsOf, isContainer, isInput } from './layerGraph';
import type { LayerCall } from './layerGraph';
import { isPlain } from './planRun';

/** What a tensor comes from: a call, by the calls from the outer model to it; or an input of the model. */
export type LayerSource = { readonly chain: readonly LayerCall[] } | { readonly input: number };

/** What goes into a call; nested models are seen through. */
export function sourcesOf(model: LayersModel, chain: readonly LayerCall[]): LayerSource[] {
  return lastOf(chain).inputTensors.flatMap(({ id }) => sourceOf(model, chain.slice(0, -1), id));
}

/** What an output of the model comes from. */
export function sourceOfOutput(model: LayersModel, output: number): LayerSource[] {
  const tensor = model.outputs[output];
  return tensor ? sourceOf(model, [], tensor.id) : [];
}

/** What a symbolic tensor comes from, within some models; none where it is of no call of theirs. */
function sourceOf(model: LayersModel, around: readonly LayerCall[], id: number): LayerSource[] {
  const inner = modelIn(model, around);
  const call = callsOf(inner).find(({ outputTensors }) => outputTensors.some((tensor) => tensor.id === id));
  if (!call) return [];
  if (isInput(call)) {
    const input = inner.inputs.findIndex((tensor) => tensor.id === id);
    const outside = around.length === 0 ? undefined : lastOf(around).inputTensors[input];
    return outside ? sourceOf(model, around.slice(0, -1), outside.id) : [{ input }];
  }
  const layer = call.outboundLayer;
  const chain = [...around, call];
  if (!isContainer(layer) || !isPlain(layer)) return [{ chain }];
  const output = layer.outputs[call.outputTensors.findIndex((tensor) => tensor.id === id)];
  return output ? sourceOf(model, chain, output.id) : [{ chain }];
}

/** The model that some calls lead into: all of them are of models. */
function modelIn(model: LayersModel, around: readonly LayerCall[]): LayersModel {
  return around.length === 0 ? model : (lastOf(around).outboundLayer as object as LayersModel);
}

/** The innermost call of several. */
export function lastOf(chain: readonly LayerCall[]): LayerCall {
  return chain[chain.length - 1] as LayerCall;
}
