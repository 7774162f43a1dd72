import type { LayersModel } from '@tensorflow/tfjs-layers';
import { isTfjsActivation, withoutRule } from './activations';
import type { Activation } from './activations';
import { isOfTfjsClass } from './isOfTfjsClass';
import { BUILT_IN_LAYERS } from './layerClasses';
import { callsOf, isContainer } from './layerGraph';
import type { Layer } from './layerGraph';
import { addFields, addMethods } from './partsOfLayer';
import { isChangedInCopy } from './runsItsClass';
import { layerFields } from './sublayers';

/** Layers whose code gives something else each time, or reads numbers back. */
const NOT_REPLAYABLE: ReadonlySet<string> = new Set([
  'CategoryEncoding',
  'CenterCrop',
  'EinsumDense',
  'MultiHeadAttention',
  'PositionEmbedding',
  'RandomHeight',
  'RandomWidth',
  'Resizing',
  'SeparableConv',
  'TokenAndPositionEmbedding',
]);

/**
 * All that says what kernels a model runs: its calls, what its layers' fields and their weights hold, and the
 * methods of their classes, in a fixed order. Two lists are of the same structure if they hold the same
 * things.
 *
 * Undefined where kernels do not tell it: there are layers or hooks of the user's own, or a state, or chance.
 */
export function structureOf(model: LayersModel): readonly unknown[] | undefined {
  const parts: unknown[] = [...model.inputs, ...model.outputs];
  return collect(model, parts, new Set()) ? parts : undefined;
}

function collect(model: LayersModel, parts: unknown[], seen: Set<object>): boolean {
  return callsOf(model).every((call) => {
    parts.push(call);
    return collectLayer(call.outboundLayer, parts, seen);
  });
}

/** Adds a layer, and those in it: of a nested model, or in its fields. */
function collectLayer(layer: Layer, parts: unknown[], seen: Set<object>): boolean {
  if (!isReplayable(layer) || !addFields(parts, layer, seen)) return false;
  addMethods(parts, layer, seen);
  if (!addActivations(parts, layer, seen)) return false;
  if (isContainer(layer)) return collect(layer, parts, seen);
  return Object.values(layerFields(layer))
    .flat()
    .every((inner) => collectLayer(inner, parts, seen));
}

function isReplayable(layer: Layer): boolean {
  const className = layer.getClassName();
  const { _callHook: hook } = layer as Layer & Fields;
  return (
    BUILT_IN_LAYERS.has(className) &&
    !NOT_REPLAYABLE.has(className) &&
    // a class of the user's own may have its name, inherited or not
    isOfTfjsClass(layer) &&
    !layer.stateful &&
    !hook &&
    !isChangedInCopy(layer)
  );
}

/** Fields that say whether kernels tell what a layer runs; but for the hook, of RNNs and their cells. */
interface Fields {
  /** Code of the user's own, for each call. */
  readonly _callHook?: unknown;
  readonly recurrentActivation?: Activation;
}

/** Adds what the activations of a layer run; false where one is none of TF.js's, or a rule of a copy. */
function addActivations(parts: unknown[], layer: Layer, seen: Set<object>): boolean {
  const { activation, recurrentActivation } = layer as Layer & Fields & { activation?: Activation };
  return [activation, recurrentActivation].every((each) => {
    if (!each) return true;
    addMethods(parts, withoutRule(each), seen);
    return isTfjsActivation(each);
  });
}
