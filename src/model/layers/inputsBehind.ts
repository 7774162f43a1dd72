import type { LayersModel } from '@tensorflow/tfjs-layers';
import type { LayerCall } from './layerGraph';
import { sourcesOf } from './sourcesOf';

/** The inputs of a model that lead to a call, by their numbers. */
export function inputsBehind(model: LayersModel, chain: readonly LayerCall[]): ReadonlySet<number> {
  const found = new Set<number>();
  const seen = new Set<string>();
  const walk = (calls: readonly LayerCall[]) => {
    const key = calls.map(({ id }) => id).join('/');
    if (seen.has(key)) return;
    seen.add(key);
    for (const source of sourcesOf(model, calls)) {
      if ('input' in source) found.add(source.input);
      else walk(source.chain);
    }
  };
  walk(chain);
  return found;
}
