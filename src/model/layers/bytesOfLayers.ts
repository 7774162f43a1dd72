import type { LayersModel } from '@tensorflow/tfjs-layers';
import { callsOf, isContainer, isInput } from './layerGraph';

/**
 * About what the results of a model's layers take for one sample, in bytes, by the shapes that they say they
 * have; undefined where a size is not known before the model is run.
 */
export function bytesOfLayers(model: LayersModel): number | undefined {
  let bytes = 0;
  for (const call of callsOf(model)) {
    const layer = call.outboundLayer;
    if (isInput(call)) continue;
    if (isContainer(layer)) {
      const inner = bytesOfLayers(layer);
      if (inner === undefined) return undefined;
      bytes += inner;
    }
    for (const { shape } of call.outputTensors) {
      const sizes = shape.slice(1);
      if (sizes.some((size) => size === null)) return undefined;
      bytes += 4 * sizes.reduce<number>((product, size) => product * (size ?? 1), 1);
    }
  }
  return bytes;
}

/** What a model's weights take. */
export function bytesOfWeights({ weights }: LayersModel): number {
  return weights.reduce(
    (sum, { shape }) => sum + 4 * shape.reduce<number>((size, n) => size * (n ?? 1), 1),
    0,
  );
}
