import type { SymbolicTensor } from '@tensorflow/tfjs-layers';
import type { Layer, LayerCall } from '../../model/layers/layerGraph';

/** Copies of symbolic tensors and of calls of layers, each made once. */
export interface GraphCopy {
  readonly tensor: (tensor: SymbolicTensor) => SymbolicTensor;
  readonly call: (call: LayerCall) => LayerCall;
  /** The copy of a call; undefined where it is not part of what was copied. */
  readonly found: (call: LayerCall) => LayerCall | undefined;
}

/**
 * Copies the graph of a model as it stands, without calling a layer: no shape is computed again, nothing
 * is built, and none of the user's layers hears of it.
 *
 * @param layerFor The layer that takes the place of another.
 */
export function graphCopy(layerFor: (layer: Layer) => Layer): GraphCopy {
  const tensors = new Map<SymbolicTensor, SymbolicTensor>();
  const calls = new Map<LayerCall, LayerCall>();

  const copyTensor = (tensor: SymbolicTensor): SymbolicTensor => {
    const before = tensors.get(tensor);
    if (before) return before;
    const { dtype, shape, sourceLayer, inputs, callArgs, outputTensorIndex } = tensor;
    const Tensor = tensor.constructor as typeof SymbolicTensor;
    const args = copyArgs(callArgs, copyTensor) ?? {};
    const copy = new Tensor(
      dtype,
      [...shape],
      layerFor(sourceLayer),
      inputs.map(copyTensor),
      args,
      undefined,
      outputTensorIndex,
    );
    Object.assign(copy, {
      nodeIndex: tensor.nodeIndex,
      tensorIndex: tensor.tensorIndex,
      originalName: tensor.originalName,
      // new ones, as tfjs-layers remembers by names how to run a model; no name of a user has an "@"
      name: `${tensor.name}@${copy.id}`,
    });
    tensors.set(tensor, copy);
    return copy;
  };

  const copyCall = (call: LayerCall): LayerCall => {
    const before = calls.get(call);
    if (before) return before;
    // not by its constructor, which puts it last in the lists of its layers: its place there is its number
    const copy = Object.assign(Object.create(Object.getPrototypeOf(call) as object) as LayerCall, call, {
      outboundLayer: layerFor(call.outboundLayer),
      inboundLayers: call.inboundLayers.map(layerFor),
      inputTensors: call.inputTensors.map(copyTensor),
      outputTensors: call.outputTensors.map(copyTensor),
      callArgs: copyArgs(call.callArgs, copyTensor),
    });
    calls.set(call, copy);
    return copy;
  };

  return { tensor: copyTensor, call: copyCall, found: (call) => calls.get(call) };
}

/** The calls that lead to tensors, each after those that it needs. */
export function callsBehind(outputs: readonly SymbolicTensor[]): LayerCall[] {
  const found = new Set<LayerCall>();
  const waiting = outputs.map(callOf);
  while (waiting.length > 0) {
    const call = waiting[waiting.length - 1]!;
    const needed = call.inputTensors.map(callOf).filter((before) => before !== call && !found.has(before));
    if (needed.length > 0) {
      waiting.push(...needed);
    } else {
      found.add(call);
      waiting.pop();
    }
  }
  return [...found];
}

/** The call that gives a tensor. */
function callOf({ sourceLayer, nodeIndex }: SymbolicTensor): LayerCall {
  return sourceLayer.inboundNodes[nodeIndex]!;
}

type CallArgs = LayerCall['callArgs'];

/** The arguments of a call, e.g. `{ initialState: [...] }` with symbolic tensors inside. */
function copyArgs(args: CallArgs, copyTensor: (tensor: SymbolicTensor) => SymbolicTensor): CallArgs {
  const copyValue = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.map(copyValue);
    return isSymbolic(value) ? copyTensor(value) : value;
  };
  return args && Object.fromEntries(Object.entries(args).map(([name, value]) => [name, copyValue(value)]));
}

function isSymbolic(value: unknown): value is SymbolicTensor {
  return typeof value === 'object' && value !== null && 'sourceLayer' in value && 'nodeIndex' in value;
}
