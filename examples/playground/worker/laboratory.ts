import type { GraphModel } from '@tensorflow/tfjs-converter';
import { enableProdMode, memory, tensor2d, tidy, type Tensor, type Tensor4D } from '@tensorflow/tfjs-core';
import type { LayersModel } from '@tensorflow/tfjs-layers';
import { expose } from 'comlink';
import {
  classMaps,
  deconv,
  explain,
  guided,
  guidedBackprop,
  prepare,
  reduceChannels,
  resizeMap,
  saliency,
  type ExplanationRecord,
  type PreparedModel,
} from 'guided-saliency';
import { colorize, imageInput, overlay, toPixels, type Pixels } from 'guided-saliency/image';
import type { Ask, Explained, Look, ModelFacts, Randomized } from '../messages';
import { factsOf as methodFacts, takesLayer } from '../methods';
import type { BackendName, RangeName } from '../settings';
import { camLayersOf, factsOf, loadModel, nameOf, scoresOf } from './imageModel';
import { libraryMethods } from './libraryMethods';
import { mapFacts } from './mapFacts';
import { modelAt, modelIn, type ModelFiles } from './modelFiles';
import { randomizeTop, randomLayersOf, storedWeights } from './randomizeTop';
import { rankCorrelation } from './rankCorrelation';
import { backendsHere, startBackend } from './startBackend';

/** Full colour, as a percentile of a map's magnitudes: the usual 99 leaves a cat's whiskers unseen. */
const FULL = 97;

/** One number a pixel. */
interface Values {
  readonly values: Float32Array;
  readonly height: number;
  readonly width: number;
}

/** A model on the current backend. */
interface Bench {
  readonly model: LayersModel | GraphModel;
  readonly prepared: PreparedModel;
  readonly facts: ModelFacts;
}

/** A copy of the model whose upper layers are made random. */
interface Twin {
  readonly model: LayersModel;
  readonly prepared: PreparedModel;
  readonly stored: readonly (readonly Float32Array[])[];
  random: number;
}

let files: ModelFiles | undefined;
let bench: Bench | undefined;
let twin: Twin | undefined;
let backend: BackendName | undefined;
let image: ImageBitmap | ImageData | undefined;
let x: Tensor4D | undefined;
let photo: Pixels | undefined;
let shown: Values | undefined;
/** The maps of the model as it is, that those of the random ones are held against. */
let originals: { readonly of: string; readonly values: readonly Values[] } | undefined;
let running = new AbortController();

/** The library on the other side of the page: what it holds, and what may be asked of it. */
const laboratory = {
  backends: backendsHere,

  /** Takes another model: by its address, or from files. */
  async openModel(from: string | readonly File[], labels: readonly string[] = []): Promise<void> {
    files = typeof from === 'string' ? await modelAt(from, labels) : await modelIn(from);
    clear();
  },

  /** Starts a backend and puts the model there. */
  async start(name: BackendName): Promise<ModelFacts> {
    if (name !== backend) {
      clear();
      await startBackend(name);
      backend = name;
    }
    return (await benchHere()).facts;
  },

  /** Takes another photo: a file, or what is shown somewhere. */
  async take(source: Blob | ImageBitmap): Promise<void> {
    const bitmap = source instanceof Blob ? await smallEnough(source) : source;
    if (image instanceof ImageBitmap) image.close();
    image = bitmap;
    dropPhoto();
  },

  /** Explains the photo. */
  async explain(ask: Ask, look: Look, range: RangeName, onProgress: Progress): Promise<Explained> {
    const { model, prepared, facts } = await benchHere();
    const input = photoFor(facts, range);
    photo ??= await toPixels(input, { range: pairOf(range) });
    const scores = await scoresOf(model, input);
    const top = topOf(scores);
    const target = ask.target ?? top[0]?.index ?? 0;
    if (target >= scores.length) {
      throw new Error(`the model has ${scores.length} classes, counted from 0; there is no class ${target}`);
    }

    running = new AbortController();
    const start = performance.now();
    const { values, record } = await mapOf(prepared, input, { ...ask, target }, facts, onProgress);
    const milliseconds = performance.now() - start;
    shown = values;
    return {
      method: ask.method,
      target,
      value: numberOf(record.value),
      top,
      score: scores[target] ?? 0,
      layer: layerIn(record.options),
      milliseconds,
      backend: backend ?? 'cpu',
      record: JSON.stringify(record, null, 2),
      other: await otherClass(ask, target, top, prepared, input, values),
      where: mapFacts(values.values, values.height, values.width),
      photo,
      picture: await draw(values, look),
      tensors: memory().numTensors,
    };
  },

  /** The last map in other colours. */
  async redraw(look: Look): Promise<Pixels | undefined> {
    return shown && draw(shown, look);
  },

  /** The plain gradient and guided backprop of the model with its upper layers made random. */
  async randomized(
    count: number,
    target: number,
    range: RangeName,
    colors: Look['colors'],
  ): Promise<Randomized> {
    const { model, prepared, facts } = await benchHere();
    if (!('layers' in model)) throw new Error('the layers of a GraphModel cannot be made random here yet');
    const input = photoFor(facts, range);
    const of = `${target} ${range}`;
    if (originals?.of !== of) originals = { of, values: await bothMaps(prepared, input, target) };
    const layers = Math.min(count, facts.randomLayers);
    const maps =
      layers === 0 ? originals.values : await bothMaps((await twinWith(layers)).prepared, input, target);
    const names = ['saliency', 'guidedBackprop'] as const;
    return {
      layers,
      lowest: layers === 0 ? null : (randomLayersOf(model)[layers - 1]?.name ?? null),
      maps: await Promise.all(
        names.map(async (method, i) => ({
          method,
          picture: await coloured(maps[i]!, colors),
          likeness: layers === 0 ? 1 : rankCorrelation(originals!.values[i]!.values, maps[i]!.values),
        })),
      ),
      tensors: memory().numTensors,
    };
  },

  /** Stops a method of many passes. */
  cancel(): void {
    running.abort();
  },
};

export type Laboratory = typeof laboratory;

type Progress = (done: number, total: number) => void;

expose(laboratory);
enableProdMode(); // no advice on other backends

/** The model on the current backend, made ready there if it is not. */
async function benchHere(): Promise<Bench> {
  if (bench) return bench;
  if (!files) throw new Error('there is no model yet');
  const model = await loadModel(files);
  const facts = factsOf(model, files.labels);
  bench = { model, prepared: prepare(model), facts };
  return bench;
}

/** The copy with so many layers made random. */
async function twinWith(layers: number): Promise<Twin> {
  if (!twin) {
    const model = (await loadModel(files!)) as LayersModel;
    twin = { model, prepared: prepare(model), stored: await storedWeights(model), random: 0 };
  }
  randomizeTop(twin.model, twin.stored, layers, twin.random);
  twin.random = layers;
  return twin;
}

/** Frees all that is on a backend. */
function clear(): void {
  for (const { prepared, model } of [bench, twin].filter((one) => one !== undefined)) {
    prepared.dispose();
    model.dispose();
  }
  [bench, twin] = [undefined, undefined];
  dropPhoto();
}

function dropPhoto(): void {
  x?.dispose();
  [x, photo, originals, shown] = [undefined, undefined, undefined, undefined];
}

let rangeOfX: RangeName | undefined;

/** The photo as the model takes it. */
function photoFor({ height, width }: ModelFacts, range: RangeName): Tensor4D {
  if (!image) throw new Error('there is no photo yet');
  if (x && rangeOfX !== range) dropPhoto();
  rangeOfX = range;
  x ??= imageInput(image, bench!.model, { size: [height, width], range: pairOf(range) });
  return x;
}

function pairOf(range: RangeName): [number, number] {
  const [low = 0, high = 1] = range.split(',').map(Number);
  return [low, high];
}

/** A photo, decoded and turned as the camera notes it; a large one is made smaller first. */
async function smallEnough(file: Blob): Promise<ImageBitmap> {
  const bitmap = await createImageBitmap(file).catch(() => {
    throw new Error('the file is not an image that this browser can read; a JPEG, PNG or WebP is');
  });
  const factor = MOST / Math.max(bitmap.width, bitmap.height);
  if (factor >= 1) return bitmap;
  const [resizeWidth, resizeHeight] = [bitmap.width, bitmap.height].map((side) =>
    Math.max(1, Math.round(factor * side)),
  );
  const small = await createImageBitmap(bitmap, {
    resizeWidth: resizeWidth!,
    resizeHeight: resizeHeight!,
    resizeQuality: 'high',
  });
  bitmap.close();
  return small;
}

/** Pixels on a photo's longer side that are kept. */
const MOST = 1024;

function topOf(scores: Float32Array) {
  const all = Array.from(scores, (score, index) => ({ index, score }));
  return all.sort((a, b) => b.score - a.score).slice(0, 5);
}

/** A map as one number a pixel of the photo, with its record. */
async function mapOf(
  model: PreparedModel,
  input: Tensor4D,
  { method, target, layer }: Ask & { target: number },
  facts: ModelFacts,
  onProgress: Progress,
): Promise<{ values: Values; record: ExplanationRecord<{ layer?: unknown }> }> {
  const { passes, options } = methodFacts(method);
  const place = takesLayer(method) ? pathOf(layer) : undefined;
  const wanted: object = {
    target,
    ...options,
    ...(place === undefined ? {} : { layer: place }),
    ...(passes === 'many' ? { signal: running.signal, onProgress } : {}),
  };
  const explained = await explain(libraryMethods[method], model, input, wanted as Wanted);
  const { map, value, classes, record } = explained;
  try {
    return { values: await valuesOf(map, facts), record };
  } finally {
    for (const tensor of [map, value, classes]) tensor?.dispose();
  }
}

/** The one overload of `explain` that takes any method and gives one map. */
type Wanted = { readonly layer?: unknown };

function pathOf(layer: string | null): string[] | undefined {
  if (layer === null) return undefined;
  const found = camLayersOf(bench!.model).find((one) => nameOf(one) === layer);
  if (found) return found.path;
  throw new Error(`the model has no layer "${layer}" to look at; choose another`);
}

/** What a record says of the layer that was looked at. */
function layerIn({ layer }: { layer?: unknown }): string | null {
  if (typeof layer === 'string') return layer;
  if (Array.isArray(layer)) return layer.join(' › ');
  const { layer: inner } = (layer ?? {}) as { layer?: unknown };
  return inner === undefined ? null : layerIn({ layer: inner });
}

function numberOf(value: unknown): number {
  return Array.isArray(value) ? numberOf(value[0]) : Number(value);
}

/** One number a pixel: channels summed, a layer's map in the size of the photo. */
async function valuesOf(map: Tensor, { height, width }: ModelFacts): Promise<Values> {
  const reduced = tidy(() => {
    const flat = map.rank === 4 ? reduceChannels(map) : map;
    const hasSize = flat.shape[1] === height && flat.shape[2] === width;
    return hasSize ? flat.clone() : resizeMap(flat, [height, width]);
  });
  try {
    return { values: await reduced.data<'float32'>(), height, width };
  } finally {
    reduced.dispose();
  }
}

/** How like the map of another class is, of methods that change what goes back through rectifiers. */
async function otherClass(
  { method }: Ask,
  target: number,
  top: Explained['top'],
  model: PreparedModel,
  input: Tensor4D,
  values: Values,
): Promise<Explained['other']> {
  const { rule } = methodFacts(method);
  const other = top.find(({ index }) => index !== target)?.index;
  if (rule === undefined || other === undefined) return null;
  const [map] = await mapsOfClass(model, input, other, rule === 'guided' ? [guided] : [deconv]);
  return { target: other, likeness: rankCorrelation(values.values, map!.values) };
}

async function mapsOfClass(
  model: PreparedModel,
  input: Tensor4D,
  target: number,
  rules: readonly (typeof guided | undefined)[],
): Promise<Values[]> {
  const facts = bench!.facts;
  const maps: Values[] = [];
  for (const rule of rules) {
    const [explained] = classMaps(model, input, { classes: [target], ...(rule ? { rule } : {}) });
    const { map, value, classes } = explained!;
    maps.push(await valuesOf(map, facts));
    for (const tensor of [map, value, classes]) tensor?.dispose();
  }
  return maps;
}

/** The plain gradient and guided backprop. */
async function bothMaps(model: PreparedModel, input: Tensor4D, target: number): Promise<Values[]> {
  const maps: Values[] = [];
  for (const method of [saliency, guidedBackprop]) {
    const map = method(model, input, { target });
    maps.push(await valuesOf(map, bench!.facts));
    map.dispose();
  }
  return maps;
}

async function draw(values: Values, { colors, strength }: Look): Promise<Pixels> {
  const map = await coloured(values, colors);
  return photo ? overlay(photo, map, strength) : map;
}

async function coloured({ values, height, width }: Values, colors: Look['colors']): Promise<Pixels> {
  const map = tensor2d(values, [height, width]);
  try {
    return await colorize(map, { colors, percentile: FULL });
  } finally {
    map.dispose();
  }
}
