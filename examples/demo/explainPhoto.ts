import { existsSync } from 'node:fs';
import { dirname, extname, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { GraphModel } from '@tensorflow/tfjs-converter';
import { randomUniform, type Rank } from '@tensorflow/tfjs-core';
import type { LayersModel } from '@tensorflow/tfjs-layers';
import { enlarge, imageInput, toPixels } from 'guided-saliency/image';
import { contactSheet, type Captioned } from './contactSheet';
import { defaultLabels, loadDefaultModel } from './defaultModel';
import { checkOf, explainWith, type Asked, type Explanation } from './explainWith';
import { encoderOf } from './encoderOf';
import { writeBytes } from './files';
import { imageSizeOf, scoresOf } from './imageModel';
import { readLabels } from './labels';
import { loadModel } from './loadModel';
import { methodNames, methodOf, usualMethods, type MethodName } from './methods';
import { named } from './named';
import type { DemoOptions } from './options';
import { overrideLines, rectifiersIn } from './overrideLines';
import { readPhoto } from './photo';
import { printable } from './printable';
import { progressOf } from './progress';
import {
  fileRecord,
  mapRecord,
  offBy,
  readRecord,
  writeRecord,
  type DemoRecord,
  type MapRecord,
} from './records';
import { showMap } from './showMap';
import { startBackend } from './startBackend';
import { captionOf, classText, offText, passText } from './texts';

const CAT = fileURLToPath(new URL('../chelsea.png', import.meta.url));

/** Lower pictures are enlarged, so that something is to be seen of a model that takes 32 x 32. */
const LOW = 128;

/** Passes of each method of many on the backend cpu, where one takes seconds, if nobody says. */
const PASSES_ON_CPU = 8;

/**
 * Explains a photo: writes one picture, and says what it shows.
 *
 * @param print Takes each line of the report.
 * @throws Error that names the option at fault.
 */
export async function explainPhoto(options: DemoOptions, print: (line: string) => void): Promise<void> {
  const say = (what: string, text: string) => print(`${what.padEnd(9)} ${printable(text)}`);
  const encode = encoderOf(options.out);
  checkFiles(options);
  const again = options.replay === undefined ? undefined : await readRecord(options.replay);
  const { modelPath = options.model, image = options.image ?? CAT } = again ?? {};
  const [low, high] = again?.inputRange ?? options.inputRange ?? [0, 1];
  const backend = options.backend ?? backendOf(again?.maps[0]);

  await startBackend(backend);
  const photo = await readPhoto(image);
  const model = modelPath === undefined ? await loadDefaultModel() : await loadModel(modelPath);
  const { height, width, channels } = imageSizeOf(model);
  const shape = [null, height, width, channels];
  const x = imageInput(photo, { inputs: [{ shape }] }, { range: [low, high] });
  const noise = randomUniform<Rank.R4>(x.shape, low, high, 'float32', 1);
  const scores = await named('--model', () => scoresOf(model, x)); // and warms the backend up
  const { target } = options;
  if (target !== undefined && target >= scores.length) {
    throw new Error(`--target: expected a class from 0 to ${scores.length - 1}, got ${target}`);
  }
  const labels = await labelsFor(options, modelPath, scores.length);
  const names = again ? again.maps.map(({ name }) => name) : namesFor(options, model);

  say('model', modelPath ?? 'MobileNetV2 from nsfwjs, a photo-safety classifier');
  say('', `takes [1, ${height}, ${width}, ${channels}] in ${low}...${high}, on ${backend}`);
  say('photo', image === CAT ? 'chelsea.png by S. van der Walt (scikit-image), CC0' : image);

  const given = { x, noise, range: [low, high] as const };
  const shown = await shownMaps(names, { model, given }, { ...options, backend }, again, say);
  const pictures = [{ picture: await toPixels(x, { range: [low, high] }), caption: ['photo'] }, ...shown];
  const enlarged = pictures.map(({ picture, caption }) => {
    return { picture: enlarge(picture, Math.ceil(LOW / height)), caption };
  });
  await writeBytes(options.out, encode(await contactSheet(enlarged)), '--out');

  say('class', classText(shown[0]?.explanation, labels, scores));
  for (const [what, text] of overrideLines(model, names)) say(what, text);
  if (options.check) {
    for (const [i, { explanation }] of shown.entries()) {
      const asked = { model, given, target, passes: passesOf(options.passes, backend) };
      say(i === 0 ? 'check' : '', await named('--check', () => checkOf(explanation.name, asked)));
    }
  }
  say('picture', resolve(options.out));
  if (options.record !== undefined) {
    await writeRecord(options.record, await demoRecord(options, [low, high], shown));
    say('record', resolve(options.record));
  }
  if (modelPath === undefined && names.includes('deconvnet')) {
    say(
      'note',
      'deconvnet sees the photo through max pooling alone, and MobileNet has none: its map is of the class only',
    );
  }
  [x, noise, model].forEach((resource) => resource.dispose());
}

/** Refuses, before anything takes long, names under which nothing can be written, and passes for none. */
function checkFiles({ out, record, method, passes }: DemoOptions): void {
  for (const [option, path] of [
    ['--out', out],
    ['--record', record],
  ] as const) {
    if (path !== undefined && !existsSync(dirname(resolve(path)))) {
      throw new Error(`${option}: no folder "${dirname(path)}"`);
    }
  }
  if (record !== undefined && extname(record).toLowerCase() !== '.json') {
    throw new Error(`--record: expected a name that ends in .json, got "${record}"`);
  }
  const names = method === 'all' ? methodNames : (method ?? usualMethods);
  if (passes !== undefined && names.every((name) => typeof methodOf(name).passes !== 'number')) {
    throw new Error(
      `--passes: expected a method of many passes, of which there may be fewer, got ${names.join(', ')}`,
    );
  }
}

/** The methods that are shown; those with a rule want a rectifier for it. */
function namesFor({ method }: DemoOptions, model: LayersModel | GraphModel): readonly MethodName[] {
  const names = method === 'all' ? methodNames : (method ?? usualMethods);
  if (rectifiersIn(model) > 0) return names;
  const ruled = names.filter((name) => methodOf(name).rule !== undefined);
  if (ruled.length === 0 || isFree(method)) return names.filter((name) => !ruled.includes(name));
  throw new Error(
    `--method: the model has no rectifier for "${ruled[0]}"; --method saliency shows its gradient`,
  );
}

/** Whether nobody asked for a method by its name: then those that cannot be are left out. */
function isFree(method: DemoOptions['method']): boolean {
  return method === undefined || method === 'all';
}

/** A map as it is shown, and as it is written down. */
interface Shown extends Captioned {
  readonly explanation: Explanation;
  readonly written: MapRecord;
}

/** The maps of the methods one by one, while it is said how far they are. */
async function shownMaps(
  names: readonly MethodName[],
  asked: Pick<Asked, 'model' | 'given'>,
  { target, method, backend, ...options }: DemoOptions,
  again: DemoRecord | undefined,
  say: (what: string, text: string) => void,
): Promise<Shown[]> {
  const passes = passesOf(options.passes, backend);
  const photo = await toPixels(asked.given.x, { range: [...asked.given.range] });
  const shown: Shown[] = [];
  let heading = 'methods';
  const tell = (text: string) => {
    say(heading, text);
    heading = '';
  };
  for (const [i, name] of names.entries()) {
    const recorded = again?.maps[i];
    const { onProgress, end } = progressOf(name, tell);
    try {
      const whole = { ...asked, target, passes, recorded: recorded?.record.options, onProgress };
      const explanation = await named('--model', () => explainWith(name, whole));
      const { map, record, ms } = explanation;
      const picture = await showMap(map, methodOf(name).shows, photo);
      const written = await mapRecord(name, record, map);
      const off = recorded ? `; ${offText(await offBy(recorded, map))}` : '';
      map.dispose();
      shown.push({ picture, caption: captionOf(explanation), explanation, written });
      end();
      tell(`${name}: ${passText(record.passes)}, ${ms} ms${off}`);
    } catch (error) {
      end();
      if (method !== 'all') throw error;
      tell(`${name}: left out; ${(error as Error).message}`);
    }
  }
  if (shown.length === 0) throw new Error('--method: none of the methods can explain the model');
  return shown;
}

/** How many passes each method of many makes; undefined: as many as its entry says. */
function passesOf(passes: number | undefined, backend: DemoOptions['backend']): number | undefined {
  return passes ?? (backend === 'cpu' ? PASSES_ON_CPU : undefined);
}

/** How the maps were made, to be made again. */
async function demoRecord(
  { model, image, record = '' }: DemoOptions,
  inputRange: readonly [number, number],
  shown: readonly Shown[],
): Promise<DemoRecord> {
  const [modelFile, photoFile] = await Promise.all([
    fileRecord(model, record, '--model'),
    fileRecord(image, record, '--image'),
  ]);
  const maps = shown.map(({ written }) => written);
  return { demo: 1, model: modelFile, photo: photoFile, inputRange, maps };
}

/** The backend that a map was made on, where it is one of the demo's. */
function backendOf(map: MapRecord | undefined): 'wasm' | 'cpu' {
  return map?.record.backend === 'cpu' ? 'cpu' : 'wasm';
}

async function labelsFor(
  { labels }: DemoOptions,
  modelPath: string | undefined,
  classes: number,
): Promise<string[] | undefined> {
  if (labels !== undefined) return readLabels(labels, classes);
  return modelPath === undefined ? defaultLabels : undefined;
}
