import type { GraphModel } from '@tensorflow/tfjs-converter';
import { backend as backendHere, enableProdMode, memory, type Tensor4D } from '@tensorflow/tfjs-core';
import type { LayersModel } from '@tensorflow/tfjs-layers';
import { expose } from 'comlink';
import { guidedBackprop, prepare, saliency, type PreparedModel } from 'guided-saliency';
import { imageInput, toPixels, type Pixels } from 'guided-saliency/image';
import type { Ask, Checked, Explained, Held, Look, ModelFacts, OtherClass, Randomized } from '../messages';
import type { ImageFacts } from '../methods';
import { pairOf, type BackendName, type RangeName } from '../settings';
import { coloured, drawMaps, large } from './drawMaps';
import { factsOf, loadModel, nameOf, scoresOf } from './imageModel';
import { libraryMethod } from './libraryMethod';
import { mapFacts } from './mapFacts';
import {
  methodMap,
  methodOptions,
  pixelValues,
  type Control,
  type MethodMap,
  type Values,
} from './methodMap';
import { modelAt } from './modelAddress';
import { modelIn, type ModelFiles } from './modelFiles';
import { photoFile } from './photoFile';
import type { Path } from './randomLayers';
import { rankCorrelation } from './rankCorrelation';
import { backendsHere, startBackend } from './startBackend';

/** A model on the current backend. */
interface Bench {
  readonly model: LayersModel | GraphModel;
  readonly prepared: PreparedModel;
  readonly facts: ModelFacts;
  /** What of it can be made random, once that is known. */
  randomLayers?: readonly Path[];
}

/** A copy of the model whose upper layers are random. */
interface Twin {
  readonly layers: number;
  readonly model: { dispose(): unknown };
  readonly prepared: PreparedModel;
}

let files: ModelFiles | undefined;
let bench: Bench | undefined;
let twin: Twin | undefined;
let backend: BackendName | undefined;
let image: ImageBitmap | ImageData | undefined;
let x: Tensor4D | undefined;
let rangeOfX: RangeName | undefined;
let photo: Pixels | undefined;
/** The last map, and what the model says of the photo. */
let last: { readonly map: MethodMap; readonly scores: Float32Array } | undefined;
/** The maps that are seen. */
let shown: readonly Values[] = [];
/** The maps of the model as it is, that those of the random ones are held against. */
let originals: { readonly of: string; readonly values: readonly Values[] } | undefined;
let running = new AbortController();

/** The library on the other side of the page: what it holds, and what may be asked of it. */
const laboratory = {
  backends: backendsHere,

  /** Takes another model: by its address, or from files. */
  async openModel(from: string | readonly File[], labels?: readonly string[]): Promise<void> {
    files = typeof from === 'string' ? await modelAt(from, labels) : await modelIn(from);
    clear();
  },

  /** Starts a backend. */
  async start(name: BackendName): Promise<void> {
    if (name === backend) return;
    clear();
    await startBackend(name);
    backend = name;
  },

  /** Puts the model on the backend, where it is not there yet. */
  async facts(): Promise<ModelFacts> {
    return (await benchHere()).facts;
  },

  /** Takes another photo: a file, or what is shown somewhere. */
  async take(source: Blob | ImageBitmap | ImageData): Promise<void> {
    const taken = source instanceof Blob ? await photoFile(source) : source;
    if (image instanceof ImageBitmap) image.close();
    image = taken;
    dropPhoto();
  },

  /**
   * Explains the photo.
   *
   * @param onPicture Is given the photo and the map as soon as they are there; the words come later.
   */
  async explain(ask: Ask, look: Look, onPicture: OnPicture, onProgress: Progress): Promise<Explained> {
    const { model, facts } = await benchHere();
    const input = photoFor(facts, ask.range);
    photo ??= await toPixels(input, { range: pairOf(ask.range) });
    const isClassGiven = ask.target !== null || ask.second !== null;
    const early = isClassGiven ? await scoresOf(model, input) : undefined;
    if (early) checkClasses(ask, early);

    running = new AbortController();
    const parts = ask.second === null || ask.second === ask.target ? 1 : 2;
    const start = performance.now();
    const map = await mapOf(ask, ask.target, 0, parts, onProgress);
    const milliseconds = performance.now() - start;
    const second = ask.second === map.target ? null : ask.second;
    const secondMap = second === null ? null : await mapOf(ask, second, 1, parts, onProgress);
    shown = secondMap ? [map.values, secondMap.values] : [map.values];
    const [picture, secondPicture = null] = await drawMaps(shown, photo, look);
    const seen = large(photo);
    onPicture(seen, picture!);

    const scores = early ?? (await scoresOf(model, input));
    last = { map, scores };
    return {
      method: ask.method,
      target: map.target,
      value: numberOf(map.record.value),
      top: topOf(scores),
      score: scores[map.target] ?? 0,
      layer: layerIn(map.record.options),
      milliseconds,
      backend: backend ?? 'cpu',
      record: JSON.stringify(map.record, null, 2),
      other: secondMap && otherClass(map, secondMap, scores, secondPicture),
      where: whereOf(map.values),
      photo: seen,
      picture: picture!,
      held: held(),
    };
  },

  /** How like the last map that of the highest other class is; null where there is no other class. */
  async compare(ask: Ask): Promise<OtherClass | null> {
    if (!last) return null;
    const { map, scores } = last;
    const other = topOf(scores).find(({ index }) => index !== map.target);
    return other ? otherClass(map, await mapOf(ask, other.index, 0, 1, () => undefined), scores, null) : null;
  },

  /** The last maps in other colours. */
  async redraw(look: Look): Promise<Pixels[]> {
    return photo && shown.length > 0 ? drawMaps(shown, photo, look) : [];
  },

  /** The plain gradient and guided backprop of the model with its upper layers made random. */
  async randomized(
    count: number,
    target: number,
    range: RangeName,
    colors: Look['colors'],
  ): Promise<Randomized> {
    const { prepared, facts } = await benchHere();
    const names = await randomLayersHere();
    const input = photoFor(facts, range);
    const of = `${target} ${range}`;
    if (originals?.of !== of) originals = { of, values: await bothMaps(prepared, input, target) };
    const layers = Math.min(count, names.length);
    const maps =
      layers === 0 ? originals.values : await bothMaps((await twinWith(layers)).prepared, input, target);
    const two = ['saliency', 'guidedBackprop'] as const;
    return {
      names: names.map((path) => nameOf({ path })),
      layers,
      maps: await Promise.all(
        two.map(async (method, i) => ({
          method,
          picture: large((await coloured([maps[i]!], colors))[0]!),
          likeness: layers === 0 ? 1 : rankCorrelation(originals!.values[i]!.values, maps[i]!.values),
        })),
      ),
      held: held(),
    };
  },

  /** Whether the map is about the model: the library's `check`. */
  async check(ask: Ask & { target: number }, onProgress: Progress): Promise<Checked> {
    const { model, prepared, facts } = await benchHere();
    const { check } = await import('guided-saliency/metrics');
    running = new AbortController();
    const control: Control = { signal: running.signal, onProgress };
    const input = photoFor(facts, ask.range);
    const image = imageFacts(facts, ask.range);
    const { options, tensors } = methodOptions(prepared, input, ask, image, control);
    const method = await libraryMethod(ask.method);
    try {
      const all = { ...options, ...control, method };
      const { map, samples, parameterRandomization: random } = await check(model, input, all as object);
      map.dispose();
      const [sample] = samples;
      const curve = random?.samples[0]?.curves.spearmanAbsolute ?? [];
      return {
        sentence: sample?.sentence ?? '',
        otherClass: sample?.classSensitivity?.spearmanAbsolute ?? null,
        edges: sample?.edges?.spearmanAbsolute ?? null,
        noise: sample?.random.spearmanAbsolute ?? null,
        curve: curve.map((likeness, i) => ({
          layer: nameOf({ path: [random?.layers[i] ?? ''].flat() }),
          likeness,
        })),
      };
    } finally {
      for (const tensor of tensors) tensor.dispose();
    }
  },

  /** Stops what takes many passes. */
  cancel(): void {
    running.abort();
  },
};

export type Laboratory = typeof laboratory;

type Progress = (done: number, total: number) => void;

type OnPicture = (photo: Pixels, picture: Pixels) => void;

expose(laboratory);
enableProdMode(); // no advice on other backends

/** The model on the current backend, made ready there if it is not. */
async function benchHere(): Promise<Bench> {
  if (bench) return bench;
  if (!files) throw new Error('there is no model yet');
  const model = await loadModel(files);
  const facts = factsOf(model, files);
  bench = { model, prepared: prepare(model), facts };
  return bench;
}

async function randomLayersHere(): Promise<readonly Path[]> {
  const here = await benchHere();
  const { randomLayersOf } = await import('./randomLayers');
  here.randomLayers ??= await randomLayersOf(here.model);
  return here.randomLayers;
}

/** The copy with so many layers random. */
async function twinWith(layers: number): Promise<Twin> {
  if (twin?.layers === layers) return twin;
  dropTwin();
  const path = (await randomLayersHere())[layers - 1]!;
  const { randomizeFrom } = await import('guided-saliency/metrics');
  const model = await randomizeFrom(bench!.model, [...path]);
  twin = { layers, model, prepared: prepare(model) };
  return twin;
}

/** Frees all that is on a backend. */
function clear(): void {
  dropTwin();
  bench?.prepared.dispose();
  bench?.model.dispose();
  bench = undefined;
  dropPhoto();
}

function dropTwin(): void {
  twin?.prepared.dispose();
  twin?.model.dispose();
  twin = undefined;
}

function dropPhoto(): void {
  x?.dispose();
  [x, photo, originals, last, shown] = [undefined, undefined, undefined, undefined, []];
}

/** The photo as the model takes it. */
function photoFor({ height, width }: ModelFacts, range: RangeName): Tensor4D {
  if (!image) throw new Error('there is no photo yet');
  if (x && rangeOfX !== range) dropPhoto();
  rangeOfX = range;
  x ??= imageInput(image, bench!.model, { size: [height, width], range: pairOf(range) });
  return x;
}

function imageFacts({ height, width }: ModelFacts, range: RangeName): ImageFacts {
  return { height, width, range: pairOf(range) };
}

function topOf(scores: Float32Array) {
  const all = Array.from(scores, (score, index) => ({ index, score }));
  return all.sort((a, b) => b.score - a.score).slice(0, 5);
}

function checkClasses({ target, second }: Ask, { length }: Float32Array): void {
  const wrong = [target, second].find((one) => one !== null && one >= length);
  if (wrong === undefined) return;
  throw new Error(`the model has ${length} classes, counted from 0; there is no class ${wrong}`);
}

/** The map of a class, null for the highest; part `part` of `parts` of what is under way. */
async function mapOf(
  ask: Ask,
  target: number | null,
  part: number,
  parts: number,
  onProgress: Progress,
): Promise<MethodMap> {
  const { prepared, facts } = await benchHere();
  return methodMap(prepared, photoFor(facts, ask.range), { ...ask, target }, imageFacts(facts, ask.range), {
    signal: running.signal,
    onProgress: (done, total) => onProgress(part * total + done, parts * total),
  });
}

function otherClass(
  map: MethodMap,
  other: MethodMap,
  scores: Float32Array,
  picture: Pixels | null,
): OtherClass {
  const likeness = rankCorrelation(map.raw, other.raw);
  const { target } = other;
  return { target, score: scores[target] ?? 0, likeness, where: whereOf(other.values), picture };
}

function whereOf({ values, height, width }: Values): Explained['where'] {
  return mapFacts(values, height, width);
}

/** What a record says of the layer that was looked at. */
function layerIn({ layer }: { layer?: unknown }): string | null {
  if (typeof layer === 'string') return layer;
  if (Array.isArray(layer)) return nameOf({ path: layer as string[] });
  const { layer: inner } = (layer ?? {}) as { layer?: unknown };
  return inner === undefined ? null : layerIn({ layer: inner });
}

function numberOf(value: unknown): number {
  return Array.isArray(value) ? numberOf(value[0]) : Number(value);
}

/** The plain gradient and guided backprop. */
async function bothMaps(model: PreparedModel, input: Tensor4D, target: number): Promise<Values[]> {
  const maps: Values[] = [];
  for (const method of [saliency, guidedBackprop]) {
    const map = method(model, input, { target });
    maps.push(await pixelValues(map, bench!.facts, 'saliency'));
    map.dispose();
  }
  return maps;
}

function held(): Held {
  const { textureManager } = backendHere() as { textureManager?: TextureManager };
  const textures = textureManager
    ? textureManager.getNumUsedTextures() + textureManager.getNumFreeTextures()
    : 0;
  return { tensors: memory().numTensors, textures };
}

/** What TensorFlow.js's WebGL backend counts its textures with. */
interface TextureManager {
  getNumUsedTextures(): number;
  getNumFreeTextures(): number;
}
