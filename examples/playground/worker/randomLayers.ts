import type { GraphModel } from '@tensorflow/tfjs-converter';
import type { LayersModel } from '@tensorflow/tfjs-layers';
import { layersOf } from 'guided-saliency';
import { randomizeFrom } from 'guided-saliency/metrics';
import { nameOf } from './imageModel';

/** A layer that can be made random, by the names that lead to it. */
export type Path = readonly string[];

/**
 * The layers that can be made random, from the output down: what `randomizeFrom` goes through to the lowest
 * layer that has weights.
 */
export async function randomLayersOf(model: LayersModel | GraphModel): Promise<Path[]> {
  const seen = new Map<string, Path>();
  for (const { path } of layersOf(model)) {
    try {
      const copy = await randomizeFrom(model, path, {
        how: (layer, { values }) => {
          const names = [layer].flat();
          seen.set(nameOf({ path: names }), names);
          return values;
        },
      });
      copy.dispose();
      return [...seen.values()];
    } catch (error) {
      if (!(error instanceof RangeError)) throw error; // it has no weights
    }
  }
  return [];
}
