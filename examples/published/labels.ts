import { dispose, slice, tidy, argMax, type Tensor } from '@tensorflow/tfjs-core';
import type { LayersModel } from '@tensorflow/tfjs-layers';
import { explain } from 'guided-saliency';
import { hog, spearman, spearmanAbsolute, ssim } from 'guided-saliency/metrics';
import { rightOf } from '../digits/accuracy';
import { batchAt } from '../digits/batches';
import type { Digits } from '../digits/idx';
import { loadMnist } from '../digits/mnist';
import { cascadingMethods, similarities } from './cascading';
import { memorize } from './memorize';
import { methodNames, type MethodName } from './methodNames';
import type { PublishedOptions } from './options';
import { randomOrder } from './randomOrder';
import { addResult, readResults } from './results';

/** Test images whose maps are compared. */
const COMPARED = 100;

/** Test images in the figure: of the digits 7, 2, 1, 0. */
export const SHOWN = 4;

type Way = (typeof similarities)[number];

/** How alike the maps of two networks are, over the test images. */
export type Alike = Readonly<Partial<Record<Way, { readonly mean: number; readonly deviation: number }>>>;

/** What a seed gave: networks that learnt true labels, permuted ones, and true ones from another start. */
export interface LabelsResult {
  readonly seed: number;
  readonly images: number;
  readonly passes: number;
  readonly compared: number;
  /** Of the images that it learnt, with the labels that it learnt, and of the test images. */
  readonly networks: Readonly<Record<Learnt, { share: number; epochs: number; test: number }>>;
  /** Maps of the network with true labels against those of the other two. */
  readonly methods: Readonly<Record<MethodName, { readonly permuted: Alike; readonly again: Alike }>>;
  /** The first test images' maps, of the first seed. */
  readonly shown?: Readonly<Record<MethodName, Readonly<Record<'true' | 'permuted', readonly number[][]>>>>;
}

type Learnt = 'true' | 'permuted' | 'again';

/** Measures the seeds that are not there yet; gives all that are there with as many images and passes. */
export async function measureLabels(
  { images, passes, seeds, measure: isToMeasure }: PublishedOptions,
  path: string,
  onProgress: (done: number, total: number) => void,
  say: (line: string) => void,
): Promise<LabelsResult[]> {
  const isOf = (result: LabelsResult, seed: number) =>
    result.seed === seed && result.images === images && result.passes === passes;
  for (let seed = 0; isToMeasure && seed < seeds; seed++) {
    onProgress(seed, seeds);
    if (readResults<LabelsResult>(path).some((result) => isOf(result, seed))) continue;
    addResult(path, await measure(seed, images, passes, say));
  }
  onProgress(seeds, seeds);
  return readResults<LabelsResult>(path).filter((result) => isOf(result, result.seed));
}

async function measure(
  seed: number,
  images: number,
  passes: number,
  say: (line: string) => void,
): Promise<LabelsResult> {
  const [learnt, test] = [firstOf(loadMnist('train'), images), loadMnist('t10k')];
  const order = await randomOrder(images, seed);
  const permuted = { ...learnt, labels: learnt.labels.map((_, i) => learnt.labels[order[i]!]!) };
  const networks = {} as Record<Learnt, { share: number; epochs: number; test: number }>;
  const models = {} as Record<Learnt, LayersModel>;
  const learn = async (name: Learnt, digits: Digits, start: number) => {
    const { model, share, epochs } = await memorize(digits, start, {
      say: (line) => say(`${name}, seed ${seed}: ${line}`),
    });
    models[name] = model;
    networks[name] = { share, epochs, test: (await rightOf(model, test)) / test.count };
  };
  await learn('true', learnt, seed);
  await learn('permuted', permuted, seed);
  await learn('again', learnt, 1000 + seed);

  const { x, y } = batchAt(test, 0, COMPARED);
  const target = await classesOf(models.true, x);
  const methods = {} as Record<MethodName, { permuted: Alike; again: Alike }>;
  const shown = {} as Record<MethodName, Record<'true' | 'permuted', number[][]>>;
  for (const name of methodNames) {
    const mapsOf = (model: LayersModel) => mapsBy(name, model, x, target, passes);
    const [one, other, again] = [
      await mapsOf(models.true),
      await mapsOf(models.permuted),
      await mapsOf(models.again),
    ];
    methods[name] = { permuted: alike(one, other), again: alike(one, again) };
    const first = (maps: Float32Array[]) => maps.slice(0, SHOWN).map((map) => overLargest(map));
    shown[name] = { true: first(one), permuted: first(other) };
  }
  dispose([x, y]);
  for (const model of Object.values(models)) model.dispose();
  const result = { seed, images, passes, compared: COMPARED, networks, methods };
  return seed === 0 ? { ...result, shown } : result;
}

function firstOf(digits: Digits, count: number): Digits {
  return { ...digits, count, labels: digits.labels.slice(0, count) };
}

/** What a network takes each image for. */
async function classesOf(model: LayersModel, x: Tensor): Promise<number[]> {
  const classes = tidy(() => argMax(model.predict(x) as Tensor, 1));
  const list = [...(await classes.data())];
  classes.dispose();
  return list;
}

/** The map of each image. */
async function mapsBy(
  name: MethodName,
  model: LayersModel,
  x: Tensor,
  target: number[],
  passes: number,
): Promise<Float32Array[]> {
  const entry = cascadingMethods[name];
  const own = 'options' in entry ? entry.options(passes, [0, 1]) : {};
  const { map, value, classes } = await explain(entry.method as never, model, x, { ...own, target } as never);
  const one = map as unknown as Tensor;
  const each = await Promise.all(
    target.map(async (_, i) => {
      const rest = one.shape.slice(1);
      const sample = slice(one, [i, ...rest.map(() => 0)], [1, ...rest]);
      const values = (await sample.data()) as Float32Array;
      sample.dispose();
      return values;
    }),
  );
  for (const tensor of [one, value, classes]) (tensor as Tensor | undefined)?.dispose();
  return each;
}

/** The similarities of pairs of maps, which are square and of one channel. */
function alike(ones: readonly Float32Array[], others: readonly Float32Array[]): Alike {
  const side = Math.sqrt(ones[0]!.length);
  const size = { height: side, width: side };
  const measures: Record<Way, (a: Float32Array, b: Float32Array) => number> = {
    spearman,
    spearmanAbsolute: (a, b) => spearmanAbsolute(a, b),
    ssim: (a, b) => ssim(shaded(a), shaded(b), size),
    hog: (a, b) => hog(shaded(a), shaded(b), size),
  };
  const fits = similarities.filter((way) => (way !== 'hog' && way !== 'ssim') || side >= 8);
  return Object.fromEntries(
    fits.map((way) => {
      const values = ones.map((one, i) => measures[way](one, others[i]!)).filter(Number.isFinite);
      const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
      const squares = values.reduce((sum, value) => sum + (value - mean) ** 2, 0);
      return [way, { mean, deviation: Math.sqrt(squares / Math.max(1, values.length - 1)) }];
    }),
  );
}

/** Magnitudes over their 99th percentile, as `parameterRandomization` looks at them. */
function shaded(map: Float32Array): Float32Array {
  const magnitudes = map.map(Math.abs);
  const sorted = magnitudes.slice().sort();
  const limit = sorted[Math.floor(0.99 * (sorted.length - 1))]! || 1;
  return magnitudes.map((value) => Math.min(value / limit, 1));
}

function overLargest(map: Float32Array): number[] {
  const largest = map.reduce((most, value) => Math.max(most, Math.abs(value)), 0) || 1;
  return Array.from(map, (value) => value / largest);
}
