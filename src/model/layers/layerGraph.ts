import type { LayersModel, layers } from '@tensorflow/tfjs-layers';

/** A layer of tfjs-layers. */
export type Layer = layers.Layer;

/**
 * One call of a layer: what goes in, what comes out. tfjs-layers calls it a `Node`, and does not export the
 * type.
 */
export type LayerCall = LayersModel['nodesByDepth'][string][number];

/** Whether a layer is itself a model, with layers inside. */
export function isContainer(layer: Layer): layer is LayersModel {
  return (
    Array.isArray((layer as Partial<LayersModel>).layers) &&
    (layer as Partial<LayersModel>).nodesByDepth !== undefined
  );
}

/** The calls that make up a model, each after those that it needs. */
export function callsOf(model: LayersModel): LayerCall[] {
  return Object.keys(model.nodesByDepth)
    .map(Number)
    .sort((a, b) => b - a)
    .flatMap((depth) => model.nodesByDepth[depth] ?? []);
}

/** Whether a call only stands for an input of its model. */
export function isInput(call: LayerCall): boolean {
  return call.outboundLayer.getClassName() === 'InputLayer';
}

/** TF.js's count of the users of a layer: 0 when its weights are disposed, null where it does not count. */
export function refCountOf(layer: Layer): number | null {
  return Reflect.get(layer, '_refCount') as number | null;
}
