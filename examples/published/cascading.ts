import { getBackend } from '@tensorflow/tfjs-core';
import type { LayersModel } from '@tensorflow/tfjs-layers';
import {
  deconvnet,
  gradCam,
  guidedBackprop,
  guidedGradCam,
  integratedGradients,
  saliency,
  smoothGrad,
} from 'guided-saliency';
import { parameterRandomization, type RandomizationCurves } from 'guided-saliency/metrics';
import { methodNames, type MethodName } from './methodNames';
import type { PublishedOptions } from './options';
import { measureMissing } from './measureMissing';
import { networks, type Network, type NetworkName } from './networks';
import { loadPhotos, photoNames } from './photos';

/** The methods of the paper by their names here, with whether they make many passes. */
export const cascadingMethods = {
  gradient: { method: saliency },
  guided: { method: guidedBackprop },
  deconvnet: { method: deconvnet },
  gradCam: { method: gradCam },
  guidedGradCam: { method: guidedGradCam },
  integratedGradients: {
    method: integratedGradients,
    options: (passes: number, [black]: Network['range']) => ({ steps: passes, baseline: black }),
  },
  smoothGrad: { method: smoothGrad, options: (passes: number) => ({ samples: passes }) },
} as const satisfies Record<MethodName, object>;

export const cascadingNetworks: readonly NetworkName[] = ['mobilenet_v1', 'mobilenet_v2', 'inception_v3'];

/** How alike the maps stay, in these ways. */
export const similarities = ['spearman', 'spearmanAbsolute', 'ssim', 'hog'] as const;

/** The curves of some photos by one method, with one seed. */
export interface CascadingResult {
  readonly network: NetworkName;
  readonly method: MethodName;
  readonly seed: number;
  readonly steps: number;
  /** Steps or samples; 1 of a method of one pass. */
  readonly passes: number;
  readonly photos: readonly string[];
  readonly backend: string;
  /** The explained class of each photo. */
  readonly classes: readonly number[];
  /** How many layers have weights, and how many of them are random at each point. */
  readonly layers: number;
  readonly random: readonly number[];
  readonly samples: readonly Pick<RandomizationCurves, 'curves' | 'random' | 'edges'>[];
}

type Setting = Pick<CascadingResult, 'network' | 'method' | 'seed' | 'steps' | 'passes' | 'photos'>;

/** Measures what is not there yet, seed by seed; gives all that is there with as many steps and passes. */
export async function measureCascading(
  options: PublishedOptions,
  path: string,
  onProgress: (done: number, total: number) => void,
): Promise<CascadingResult[]> {
  const settings = options.measure ? settingsOf(options) : [];
  return mostOfEach(await measureMissing(path, { settings, isOf, measure, onProgress }), options);
}

function settingsOf({
  networks: chosen,
  methods,
  photos,
  seeds,
  steps,
  passes,
}: PublishedOptions): Setting[] {
  const names = (chosen ?? cascadingNetworks).filter((name) => networks[name].isHere());
  const asked = methods ?? methodNames;
  return names.flatMap((network) =>
    Array.from({ length: seeds }, (_, seed) =>
      asked.map((method): Setting => ({
        network,
        method,
        seed,
        steps,
        passes: 'options' in cascadingMethods[method] ? passes : 1,
        photos: photoNames.slice(0, photos),
      })),
    ).flat(),
  );
}

/** Whether a result is what was asked for, or that with more photos. */
function isOf(result: CascadingResult, { photos, ...setting }: Setting): boolean {
  const keys = Object.keys(setting) as (keyof typeof setting)[];
  return (
    keys.every((key) => result[key] === setting[key]) && photos.every((name) => result.photos.includes(name))
  );
}

/** The results with these steps and passes; of each network, method and seed the one with most photos. */
function mostOfEach(results: readonly CascadingResult[], { steps, passes }: PublishedOptions) {
  const nameOf = ({ network, method, seed }: CascadingResult) => `${network} ${method} ${seed}`;
  const best = new Map<string, CascadingResult>();
  for (const result of results) {
    if (result.steps !== steps || (result.passes !== 1 && result.passes !== passes)) continue;
    const before = best.get(nameOf(result))?.photos.length ?? 0;
    if (result.photos.length > before) best.set(nameOf(result), result);
  }
  const places = [...best.values()].map(
    (result) => [cascadingNetworks.indexOf(result.network), result] as const,
  );
  return places.sort(([a], [b]) => a - b).map(([, result]) => result);
}

async function measure(setting: Setting, model: LayersModel): Promise<CascadingResult> {
  const { network, method: name, seed, steps, passes, photos } = setting;
  const { range } = networks[network];
  const entry = cascadingMethods[name];
  const own = 'options' in entry ? entry.options(passes, range) : {};
  const x = loadPhotos(model, range, photos.length);
  // HOG wants 8 × 8 cells, which a Grad-CAM of MobileNet has not
  const ways = name === 'gradCam' ? similarities.filter((way) => way !== 'hog') : similarities;
  const found = await parameterRandomization(entry.method as typeof saliency, model, x, {
    ...own,
    seed,
    stages: steps,
    similarities: ways,
  });
  x.dispose();
  const layers = weightedLayers(model).length;
  return {
    ...setting,
    backend: getBackend(),
    classes: (found.record.options as { target: number[] }).target,
    layers,
    random: found.layers.map((_, i) => Math.ceil(((i + 1) * layers) / found.layers.length)),
    samples: found.samples.map(({ curves, random, edges }) => ({ curves, random, edges })),
  };
}

/** The layers that become random, from the input to the output: batch norms stay. */
export function weightedLayers(model: LayersModel): string[] {
  return model.layers
    .filter((layer) => layer.weights.length > 0 && layer.getClassName() !== 'BatchNormalization')
    .map(({ name }) => name);
}
