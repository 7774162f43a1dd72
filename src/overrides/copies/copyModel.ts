import type { LayersModel } from '@tensorflow/tfjs-layers';
import { callsBehind, graphCopy, type GraphCopy } from './copyGraph';
import { innerModel } from '../../model/layers/innerModel';
import { isContainer, type Layer } from '../../model/layers/layerGraph';
import { define, isStateful, shadowLayer, type Copy, type LayerEdit } from './shadowLayer';
import { refCountOf } from '../../model/layers/layerGraph';
import { layerFields } from '../../model/layers/sublayers';

/**
 * Copies a LayersModel over the same weights, with some of its layers edited.
 *
 * Each layer gets a shadow, an object that inherits everything from it, one however often it is used, and
 * the graph is copied between the shadows. No tensor is made, no layer called, and nothing written to the
 * original. Whatever the original's weights become shows in the copy.
 *
 * In the copy, a stateful RNN starts each call from the state that the original is in, and moves neither on.
 *
 * @param maker The public function, which errors of the copy name.
 * @param edits What differs, by layer of the original: layers of nested models, of wrappers, and cells too.
 */
export function copyModel<M extends LayersModel>(
  maker: string,
  model: M,
  edits: ReadonlyMap<Layer, LayerEdit>,
): M {
  const copy: Copy = { maker, name: model.name, isDisposed: false };
  const shadows = new Map<Layer, Layer>();
  const unfilled: Layer[] = [];
  const isChanged = changes(edits);

  const shadowOf = (layer: Layer): Layer => {
    let shadow = shadows.get(layer);
    if (!shadow) {
      shadow = shadowLayer(layer, copy, edits.get(layer) ?? {}, isChanged(layer));
      shadows.set(layer, shadow);
      unfilled.push(layer);
    }
    return shadow;
  };
  const graph = graphCopy(shadowOf);

  const root = shadowOf(model);
  for (let layer = unfilled.pop(); layer; layer = unfilled.pop()) fill(layer, shadowOf, graph);
  for (const [layer, shadow] of shadows) define(shadow, callLists(layer, graph));
  define(root, { _refCount: 1, dispose: () => disposeCopy(copy, root, [...shadows.values()]) });
  // eslint-disable-next-line @typescript-eslint/no-unsafe-class-instance-assignment -- by inheritance
  return root as Layer & M;
}

/** Whether a layer of the copy differs from the original, by itself or in a layer in it. */
function changes(edits: ReadonlyMap<Layer, LayerEdit>): (layer: Layer) => boolean {
  const known = new Map<Layer, boolean>();
  const isChanged = (layer: Layer): boolean => {
    const before = known.get(layer);
    if (before !== undefined) return before;
    known.set(layer, false); // for a layer that is in a field of one in its own fields
    const itself = edits.has(layer) || isContainer(layer) || isStateful(layer);
    const result = itself || Object.values(layerFields(layer)).flat().some(isChanged);
    known.set(layer, result);
    return result;
  };
  return isChanged;
}

/** Puts the shadows of other layers into a shadow. */
function fill(layer: Layer, shadowOf: (layer: Layer) => Layer, graph: GraphCopy): void {
  const shadow = shadowOf(layer);
  if (isContainer(layer)) {
    define(shadow, containerFields(layer, shadowOf, graph));
    return;
  }
  const fields = Object.entries(layerFields(layer)).map(([name, value]) => [
    name,
    Array.isArray(value) ? value.map(shadowOf) : shadowOf(value),
  ]);
  define(shadow, Object.fromEntries(fields) as Record<string, unknown>);
  // the state is the original's: see `shadowLayer`
  if (isStateful(layer)) define(shadow, { _stateful: false });
  if ('dropoutMask' in layer) define(shadow, { dropoutMask: null, recurrentDropoutMask: null });
}

function containerFields(model: LayersModel, shadowOf: (layer: Layer) => Layer, graph: GraphCopy) {
  const inner = innerModel(model);
  const source = inner ?? model;
  for (const call of callsBehind(model.outputs)) graph.call(call);
  for (const call of model.inboundNodes) if (call.inboundLayers.length === 0) graph.call(call);
  return {
    // what a Sequential takes over from its inner model when it is built
    ...(inner && { ...pick(inner, MIRRORED), model: shadowOf(inner), built: true }),
    _refCount: 1,
    inputs: model.inputs.map(graph.tensor),
    outputs: model.outputs.map(graph.tensor),
    layers: model.layers.map(shadowOf),
    inputLayers: source.inputLayers.map(shadowOf),
    outputLayers: source.outputLayers.map(shadowOf),
    internalContainerRefs: model.internalContainerRefs.map(shadowOf),
    layersByDepth: mapLists(model.layersByDepth, shadowOf),
    nodesByDepth: mapLists(source.nodesByDepth, graph.call),
  };
}

const MIRRORED = [
  'inputLayersNodeIndices',
  'inputLayersTensorIndices',
  'outputLayersNodeIndices',
  'outputLayersTensorIndices',
  'containerNodes',
  'inputNames',
  'outputNames',
  'supportsMasking',
] as const;

/** The calls of a layer in the copy, each under the number that it has in the original. */
function callLists(layer: Layer, graph: GraphCopy): Pick<Layer, 'inboundNodes' | 'outboundNodes'> {
  const inbound = [...layer.inboundNodes];
  while (inbound.length > 0 && !graph.found(inbound[inbound.length - 1]!)) inbound.pop();
  return {
    // one in between may be a call in another model
    inboundNodes: inbound.map((call) => graph.found(call) ?? call),
    outboundNodes: layer.outboundNodes.flatMap((call) => graph.found(call) ?? []),
  };
}

/** As TF.js counts: a copy that has become part of another model has two users. */
function disposeCopy(copy: Copy, root: Layer, shadows: readonly Layer[]) {
  if (copy.isDisposed) throw new Error(`${copy.maker}: the copy of "${copy.name}" is already disposed`);
  const left = (refCountOf(root) ?? 1) - 1;
  define(root, { _refCount: left });
  if (left === 0) {
    copy.isDisposed = true;
    for (const shadow of shadows) define(shadow, { _refCount: 0 });
  }
  return { refCountAfterDispose: left, numDisposedVariables: 0 };
}

function mapLists<T>(lists: Readonly<Record<string, T[]>>, f: (value: T) => T): Record<string, T[]> {
  return Object.fromEntries(Object.entries(lists).map(([key, values]) => [key, values.map(f)]));
}

function pick<T extends object, K extends keyof T>(object: T, names: readonly K[]): Pick<T, K> {
  return Object.fromEntries(names.map((name) => [name, object[name]])) as Pick<T, K>;
}
