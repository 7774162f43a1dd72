import { MobileNetV2Model } from 'nsfwjs/models/mobilenet_v2';
import { MobileNetV2MidModel } from 'nsfwjs/models/mobilenet_v2_mid';

/** The files of a model, by name: model.json and its weights. */
export type ModelFiles = ReadonlyMap<string, Buffer>;

/** The LayersModel that the page opens with. */
export const layersModelFiles = () => filesOf(MobileNetV2Model);

/** A GraphModel. */
export const graphModelFiles = () => filesOf(MobileNetV2MidModel);

async function filesOf(model: typeof MobileNetV2Model): Promise<ModelFiles> {
  const { default: json } = await model.modelJson();
  const names = json.weightsManifest.flatMap(({ paths }) => paths);
  const shards = await Promise.all(model.weightBundles.map((load) => load()));
  const weights = shards.map((shard, i) => [names[i] ?? '', Buffer.from(shard.default, 'base64')] as const);
  return new Map([['model.json', Buffer.from(JSON.stringify(json))], ...weights]);
}

/** As a file input of a page takes them. */
export function asUploads(files: ModelFiles): { name: string; mimeType: string; buffer: Buffer }[] {
  return [...files].map(([name, buffer]) => ({
    name,
    mimeType: name.endsWith('.json') ? 'application/json' : 'application/octet-stream',
    buffer,
  }));
}
