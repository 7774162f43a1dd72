import { slice, type Tensor4D } from '@tensorflow/tfjs-core';
import type { LayersModel } from '@tensorflow/tfjs-layers';
import { deconvnet, explain, gradCam, guidedBackprop, saliency } from 'guided-saliency';
import { cosineConvergence, type Cosines } from 'guided-saliency/metrics';
import { alphaBetaRule, deepLift, layerwiseRelevance, uniform } from 'guided-saliency/relevance';
import { measureMissing } from './measureMissing';
import { networks, type Network, type NetworkName } from './networks';
import type { PublishedOptions } from './options';
import { loadPhotos, photoNames } from './photos';

/** The methods of the paper that are looked at, by their names here. */
export const cosineMethods = {
  gradient: { method: saliency },
  guided: { method: guidedBackprop },
  deconvnet: { method: deconvnet },
  alpha1beta0: {
    method: layerwiseRelevance,
    options: () => ({ composite: uniform(alphaBetaRule({ alpha: 1, beta: 0 })) }),
  },
  deepLift: { method: deepLift, options: ([black]: Network['range']) => ({ baseline: black }) },
} as const;

export type CosineMethod = keyof typeof cosineMethods;

export const cosineNetworks: readonly NetworkName[] = [
  'tiny_vgg',
  'mobilenet_v1',
  'mobilenet_v2',
  'inception_v3',
];

/** Where the first of them has no weights here. */
const INSTEAD: NetworkName = 'digits';

/** Random vectors, of which each pair is compared. */
export const VECTORS = 4;

/** The cosines through the layers of a network, by one method, of one photo. */
export interface CosineResult {
  readonly network: NetworkName;
  readonly method: CosineMethod;
  readonly photo: string;
  readonly seed: number;
  /** Where vectors start: the last layer with space. */
  readonly start: string;
  /** Layers with a filter from there down. */
  readonly layers: readonly string[];
  readonly cosines: readonly Cosines[];
  readonly input: Cosines;
}

type Setting = Pick<CosineResult, 'network' | 'method' | 'photo' | 'seed'>;

/** Measures what is not there yet; gives all that is there. */
export function measureCosine(
  options: PublishedOptions,
  path: string,
  onProgress: (done: number, total: number) => void,
): Promise<CosineResult[]> {
  const settings = options.measure ? settingsOf(options) : [];
  return measureMissing(path, { settings, isOf, measure, onProgress });
}

function settingsOf({ networks: chosen, photos, seeds }: PublishedOptions): Setting[] {
  const wanted = chosen ?? cosineNetworks;
  const here = wanted.filter((name) => networks[name].isHere());
  const names = here.includes('tiny_vgg') || chosen ? here : [INSTEAD, ...here];
  return Array.from({ length: seeds }, (_, seed) => seed).flatMap((seed) =>
    photoNames.slice(0, photos).flatMap((photo) =>
      names.flatMap((network) =>
        (Object.keys(cosineMethods) as CosineMethod[]).map((method): Setting => ({
          network,
          method,
          photo,
          seed,
        })),
      ),
    ),
  );
}

function isOf(result: CosineResult, setting: Setting): boolean {
  return (Object.keys(setting) as (keyof Setting)[]).every((key) => result[key] === setting[key]);
}

async function measure(setting: Setting, model: LayersModel): Promise<CosineResult> {
  const { network, method: name, photo, seed } = setting;
  const { range } = networks[network];
  const entry = cosineMethods[name];
  const own = 'options' in entry ? entry.options(range) : {};
  const photos = loadPhotos(model, range, photoNames.indexOf(photo as 'chelsea') + 1);
  const x = lastOf(photos);
  photos.dispose();
  const start = await lastLayer(model, x);
  const layers = filtersBefore(model, start);
  const found = await cosineConvergence(entry.method as typeof saliency, model, x, {
    ...own,
    start,
    layers,
    vectors: VECTORS,
    seed,
  });
  x.dispose();
  const [{ layers: cosines, input }] = found.samples as [(typeof found.samples)[number]];
  return { ...setting, start, layers, cosines, input };
}

function lastOf(photos: Tensor4D): Tensor4D {
  const [count, ...rest] = photos.shape;
  return slice(photos, [count - 1, 0, 0, 0], [1, ...rest]);
}

/** The last layer with space before the scores, as Grad-CAM takes it. */
async function lastLayer(model: LayersModel, x: Tensor4D): Promise<string> {
  const { map, value, classes, record } = await explain(gradCam, model, x);
  for (const tensor of [map, value, classes]) (tensor as Tensor4D | undefined)?.dispose();
  return (record.options as { layer: string }).layer;
}

/** The outputs of the layers with a filter, from the last to the first. */
function filtersBefore(model: LayersModel, start: string): string[] {
  const names = model.layers.map(({ name }) => name);
  return model.layers
    .slice(0, names.indexOf(start))
    .filter((layer) => /Conv2D$/.test(layer.getClassName()))
    .map(({ name }) => name)
    .reverse();
}
