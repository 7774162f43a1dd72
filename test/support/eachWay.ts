import type { LayersModel } from '@tensorflow/tfjs-layers';
import { prepare, type GraphModelLike, type Model } from 'guided-saliency';

/** Hands a model over as it is, and prepared, each twice: the second call runs the program of the first. */
export async function eachWay(
  model: LayersModel | GraphModelLike,
  body: (given: Model) => Promise<void>,
): Promise<void> {
  const made = prepare(model);
  for (const given of [model, model, made, made]) await body(given);
  made.dispose();
}
