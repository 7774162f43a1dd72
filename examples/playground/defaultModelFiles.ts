import { MobileNetV2Model } from 'nsfwjs/models/mobilenet_v2';
import type { Plugin } from 'vite';
import { serveFiles } from './serveFiles';

/**
 * The network of the npm package nsfwjs, which keeps its weights as base64, as files that TensorFlow.js
 * loads: model/model.json and the weights beside it.
 */
export function defaultModelFiles(): Plugin {
  return serveFiles('default-model-files', 'model', async () => {
    const { default: json } = await MobileNetV2Model.modelJson();
    const names = json.weightsManifest.flatMap(({ paths }) => paths);
    const shards = await Promise.all(MobileNetV2Model.weightBundles.map((load) => load()));
    const weights = shards.map((shard, i) => [names[i] ?? '', Buffer.from(shard.default, 'base64')] as const);
    return new Map<string, string | Uint8Array>([['model.json', JSON.stringify(json)], ...weights]);
  });
}
