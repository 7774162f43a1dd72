import type { GraphModel } from '@tensorflow/tfjs-converter';
import type { LayersModel } from '@tensorflow/tfjs-layers';
import { MobileNetV2Model } from 'nsfwjs/models/mobilenet_v2';
import { assemble, type ModelFiles } from './loadModel';

/** What the default network says, in the order of its outputs. */
export const defaultLabels = ['Drawing', 'Hentai', 'Neutral', 'Porn', 'Sexy'];

/**
 * MobileNetV2 as a photo-safety classifier, from the npm package nsfwjs, which keeps its weights as base64.
 */
export async function loadDefaultModel(): Promise<LayersModel | GraphModel> {
  const { json, weights } = await readDefaultModel();
  return assemble(json, weights);
}

/** What the default model is made of. */
export async function readDefaultModel(): Promise<ModelFiles> {
  const { default: json } = await MobileNetV2Model.modelJson();
  const shards = await Promise.all(MobileNetV2Model.weightBundles.map((load) => load()));
  return { json, weights: shards.map((shard) => Buffer.from(shard.default, 'base64')) };
}
