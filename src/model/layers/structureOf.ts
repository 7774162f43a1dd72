import type { LayersModel } from '@tensorflow/tfjs-layers';
import { isTfjsActivation, withoutRule } from './activations';
import type { Activation } from './activations';
import { isOfTfjsClass } from './isOfTfjsClass';
import { BUILT_IN_LAYERS } from './layerClasses';
import { callsOf, isContainer } from './layerGraph';
import type { Layer } from './layerGraph';
import { addFields, addMethods } from './partsOfLayer';
import { isChangedInCopy } from './runsItsClass';

/** Layers whose code may hold a layer of the user's own or a state, or gives something else each time. */
const NOT_REPLAYABLE: ReadonlySet<string> = new Set([
  'Bidirectional',
  'CategoryEncoding',
  'CenterCrop',
  'ConvLSTM2D',
  'ConvLSTM2DCell',
  'ConvRNN2D',
  'EinsumDense',
  'GRU',
  'GRUCell',
  'LSTM',
  'LSTMCell',
  'MultiHeadAttention',
  'PositionEmbedding',
  'RNN',
  'RandomHeight',
  'RandomWidth',
  'Resizing',
  'SeparableConv',
  'SimpleRNN',
  'SimpleRNNCell',
  'StackedRNNCells',
  'TimeDistributed',
  'TokenAndPositionEmbedding',
]);

/**
 * All that says what kernels a model runs: its calls, what its layers' fields and their weights hold, and the
 * methods of their classes, in a fixed order. Two lists are of the same structure if they hold the same
 * things.
 *
 * Undefined where kernels do not tell it: there are layers of the user's own, or a state, or chance.
 */
export function structureOf(model: LayersModel): readonly unknown[] | undefined {
  const parts: unknown[] = [...model.inputs, ...model.outputs];
  return collect(model, parts, new Set()) ? parts : undefined;
}

function collect(model: LayersModel, parts: unknown[], seen: Set<object>): boolean {
  return callsOf(model).every((call) => {
    const layer = call.outboundLayer;
    if (!isReplayable(layer)) return false;
    parts.push(call);
    if (!addFields(parts, layer, seen)) return false;
    addMethods(parts, layer, seen);
    return addActivation(parts, layer, seen) && (!isContainer(layer) || collect(layer, parts, seen));
  });
}

function isReplayable(layer: Layer): boolean {
  const className = layer.getClassName();
  return (
    BUILT_IN_LAYERS.has(className) &&
    !NOT_REPLAYABLE.has(className) &&
    // a class of the user's own may have its name, inherited or not
    isOfTfjsClass(layer) &&
    !layer.stateful &&
    !isChangedInCopy(layer)
  );
}

/** Adds what the activation of a layer runs; false where that is not one of TF.js's, or a rule of a copy. */
function addActivation(parts: unknown[], layer: Layer, seen: Set<object>): boolean {
  const { activation } = layer as Layer & { activation?: Activation };
  if (!activation) return true;
  addMethods(parts, withoutRule(activation), seen);
  return isTfjsActivation(activation);
}
