import type { LayersModel } from '@tensorflow/tfjs-layers';
import { BUILT_IN_LAYERS } from './layerClasses';
import { callsOf, isContainer } from './layerGraph';
import type { Layer } from './layerGraph';
import { runsItsClass } from './runsItsClass';

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

/** The activations of tfjs-layers, by class name. */
const BUILT_IN_ACTIVATIONS: ReadonlySet<string> = new Set([
  'elu',
  'selu',
  'relu',
  'relu6',
  'linear',
  'sigmoid',
  'hardSigmoid',
  'softplus',
  'softsign',
  'tanh',
  'softmax',
  'logSoftmax',
  'gelu',
  'gelu_new',
  'mish',
  'swish',
]);

/**
 * All that says what kernels a model runs: its calls, and what its layers' fields hold, in a fixed order.
 * Two lists are of the same structure if they hold the same things.
 *
 * Undefined where kernels do not tell it: there are layers of the user's own, or a state, or chance.
 */
export function structureOf(model: LayersModel): readonly unknown[] | undefined {
  const parts: unknown[] = [...model.inputs, ...model.outputs];
  return collect(model, parts) ? parts : undefined;
}

function collect(model: LayersModel, parts: unknown[]): boolean {
  return callsOf(model).every((call) => {
    const layer = call.outboundLayer;
    if (!isReplayable(layer)) return false;
    parts.push(call, ...fieldsOf(layer));
    return !isContainer(layer) || collect(layer, parts);
  });
}

function isReplayable(layer: Layer): boolean {
  const className = layer.getClassName();
  const { activation } = layer as Layer & { activation?: { getClassName(): string } };
  return (
    BUILT_IN_LAYERS.has(className) &&
    !NOT_REPLAYABLE.has(className) &&
    // a class of the user's own may have inherited its name
    Object.prototype.hasOwnProperty.call(layer.constructor, 'className') &&
    !layer.stateful &&
    runsItsClass(layer) &&
    (!activation || isKnown(activation.getClassName()))
  );
}

/** Whether an activation is one of TF.js's, or a rule of a copy. */
function isKnown(activation: string): boolean {
  return BUILT_IN_ACTIVATIONS.has(activation) || activation.startsWith('overridden ');
}

/** What the fields of a layer hold, those of the original included where it is the layer of a copy. */
function fieldsOf(layer: Layer): unknown[] {
  const fields: unknown[] = [];
  let face: object = layer;
  while (!Object.prototype.hasOwnProperty.call(face, 'constructor')) {
    fields.push(...(Object.values(face) as unknown[]));
    face = Object.getPrototypeOf(face) as object;
  }
  return fields;
}
