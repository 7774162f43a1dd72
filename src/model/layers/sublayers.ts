import { BUILT_IN_LAYERS } from './layerClasses';
import { isContainer, type Layer } from './layerGraph';

/** A layer, with the names from the outer model to it. */
export interface PlacedLayer {
  readonly layer: Layer;
  readonly path: readonly string[];
  /** The layers that it is in, from the outer one to the inner: nested models, wrappers, RNNs. */
  readonly within: readonly Layer[];
}

/**
 * The layers of a model, however deep, each before those in it: of nested models, of wrappers, the cells
 * of RNNs, and the layers that a custom layer keeps in its fields. One that is in two places comes twice.
 */
export function layersWithin(
  layer: Layer,
  path: readonly string[] = [],
  around: readonly Layer[] = [],
): PlacedLayer[] {
  const within = [...around, layer];
  return sublayersOf(layer)
    .filter((sublayer) => !within.includes(sublayer))
    .flatMap((sublayer) => {
      const placed = { layer: sublayer, path: [...path, sublayer.name], within };
      return [placed, ...layersWithin(sublayer, placed.path, within)];
    });
}

function sublayersOf(layer: Layer): Layer[] {
  return isContainer(layer) ? layer.layers : Object.values(layerFields(layer)).flat();
}

/** The fields in which a layer keeps other layers, one or a list; a model's own are another matter. */
export function layerFields(layer: Layer): Record<string, Layer | Layer[]> {
  if (isContainer(layer)) return {};
  const fields: Record<string, Layer | Layer[]> = {};
  const candidates = BUILT_IN_LAYERS.has(layer.getClassName()) ? knownFields(layer) : ownFields(layer);
  for (const [name, value] of candidates) {
    if (isLayer(value)) fields[name] = value;
    if (Array.isArray(value) && value.length > 0 && value.every(isLayer)) fields[name] = value;
  }
  // the layer that a Bidirectional was given is only the model for its two: it is never run
  if ('forwardLayer' in fields && 'backwardLayer' in fields) delete fields['layer'];
  return fields;
}

/** The fields in which layers of tfjs-layers keep others: to look at all would take long in a large model. */
function knownFields(layer: Layer): [string, unknown][] {
  const names = ['layer', 'forwardLayer', 'backwardLayer', 'cell', 'cells'].filter((name) => name in layer);
  return names.map((name) => [name, Reflect.get(layer, name)]);
}

/** Whether a value is a layer of tfjs-layers, also one of another copy of it. */
function isLayer(value: unknown): value is Layer {
  const candidate = value as Partial<Layer> | null;
  return (
    typeof candidate === 'object' &&
    candidate !== null &&
    Array.isArray(candidate.inboundNodes) &&
    typeof candidate.call === 'function' &&
    typeof candidate.apply === 'function'
  );
}

/** The fields of an object without those of its class; what a copy inherits from its original counts. */
function ownFields(object: object): Map<string, unknown> {
  const fields = new Map<string, unknown>();
  let owner: object | null = object;
  while (owner && !Object.prototype.hasOwnProperty.call(owner, 'constructor')) {
    for (const [name, { value }] of Object.entries(Object.getOwnPropertyDescriptors(owner))) {
      if (!fields.has(name)) fields.set(name, value);
    }
    owner = Object.getPrototypeOf(owner) as object | null;
  }
  return fields;
}
