import type { GraphModel } from '@tensorflow/tfjs-converter';
import type { LayersModel } from '@tensorflow/tfjs-layers';
import { MobileNetV2Model } from 'nsfwjs/models/mobilenet_v2';
import { assemble } from './loadModel';

/** What the default network says, in the order of its outputs. */
export const defaultLabels = ['Drawing', 'Hentai', 'Neutral', 'Porn', 'Sexy'];

/**
 * MobileNetV2 as a photo-safety classifier, from the npm package nsfwjs, which keeps its weights as base64.
 */
export async function loadDefaultModel(): Promise<LayersModel | GraphModel> {
  const { default: json } = await MobileNetV2Model.modelJson();
  const shards = await Promise.all(MobileNetV2Model.weightBundles.map((load) => load()));
  return assemble(
    json,
    shards.map((shard) => Buffer.from(shard.default, 'base64')),
  );
}
