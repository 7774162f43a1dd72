import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { LayersModel } from '@tensorflow/tfjs-layers';
import { InceptionV3Model } from 'nsfwjs/models/inception_v3';
import { MobileNetV2Model } from 'nsfwjs/models/mobilenet_v2';
import { assemble, loadModel } from '../demo/loadModel';

type Bundled = Pick<typeof MobileNetV2Model, 'modelJson' | 'weightBundles'>;

/** A network that results are measured on. */
export interface Network {
  /** As tables call it. */
  readonly title: string;
  /** What black and white are for it. */
  readonly range: readonly [number, number];
  readonly load: () => Promise<LayersModel>;
  /** Whether its weights are on this machine. */
  readonly isHere: () => boolean;
}

/** A folder with further networks; the repository does without. */
const assets = join(process.env['GUIDED_SALIENCY_SHARED'] ?? '../shared', 'assets/models');

/** The networks by the names that `--networks` takes. */
export const networks = {
  mobilenet_v1: fromAssets('MobileNet v1 0.25, ImageNet', 'mobilenet_v1_0.25_224', [-1, 1]),
  mobilenet_v2: fromNsfwjs('MobileNetV2, nsfwjs', MobileNetV2Model),
  inception_v3: fromNsfwjs('InceptionV3, nsfwjs', InceptionV3Model),
  tiny_vgg: fromAssets('Tiny VGG, CNN Explainer', 'tiny_vgg', [0, 1]),
  digits: fromFile(
    'Digits, examples/digits',
    fileURLToPath(new URL('../digits/model', import.meta.url)),
    [0, 1],
  ),
} as const satisfies Record<string, Network>;

export type NetworkName = keyof typeof networks;

export const networkNames = Object.keys(networks) as NetworkName[];

function fromAssets(title: string, folder: string, range: Network['range']): Network {
  return fromFile(title, join(assets, folder), range);
}

function fromFile(title: string, folder: string, range: Network['range']): Network {
  const path = join(folder, 'model.json');
  const load = async () => (await loadModel(path)) as LayersModel;
  return { title, range, load, isHere: () => existsSync(path) };
}

function fromNsfwjs(title: string, { modelJson, weightBundles }: Bundled): Network {
  const load = async () => {
    const { default: json } = await modelJson();
    const shards = await Promise.all(weightBundles.map((bundle) => bundle()));
    const weights = shards.map((shard) => Buffer.from(shard.default, 'base64'));
    return (await assemble(json, weights)) as LayersModel;
  };
  return { title, range: [0, 1], load, isHere: () => true };
}
