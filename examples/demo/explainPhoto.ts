import { existsSync } from 'node:fs';
import { dirname, extname, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { enableProdMode, setBackend, type Tensor4D } from '@tensorflow/tfjs-core';
import jpeg from 'jpeg-js';
import { reduceChannels, valueAndSaliency, type Model } from 'guided-saliency';
import {
  colorize,
  encodePng,
  enlarge,
  imageInput,
  sideBySide,
  toPixels,
  type Pixels,
} from 'guided-saliency/image';
import { defaultLabels, loadDefaultModel } from './defaultModel';
import { writeBytes } from './files';
import { imageSizeOf, scoresOf } from './imageModel';
import { readLabels } from './labels';
import { loadModel } from './loadModel';
import { methods } from './methods';
import { methodNames, type DemoOptions, type MethodName } from './options';
import { named } from './named';
import { overrideLines, rectifiersIn } from './overrideLines';
import { readPhoto } from './photo';
import { printable } from './printable';

const CAT = fileURLToPath(new URL('../chelsea.png', import.meta.url));

/** Percentile of a map's magnitudes that is white or black; the usual 99 leaves a cat's whiskers unseen. */
const FULL = 97;

/** Lower pictures are enlarged, so that something is to be seen of a model that takes 32 x 32. */
const LOW = 128;

/**
 * Explains a photo: writes one picture, and says what it shows.
 *
 * @param print Takes each line of the report.
 * @throws Error that names the option at fault.
 */
export async function explainPhoto(options: DemoOptions, print: (line: string) => void): Promise<void> {
  const { model: modelPath, image = CAT, target, out, inputRange: [low, high] = [0, 1] } = options;
  const say = (what: string, text: string) => print(`${what.padEnd(9)} ${printable(text)}`);

  const encode = encoderOf(out);
  if (!existsSync(dirname(resolve(out)))) throw new Error(`--out: no folder "${dirname(out)}"`);
  await start(options.backend);
  const photo = await readPhoto(image);
  const model = modelPath === undefined ? await loadDefaultModel() : await loadModel(modelPath);
  const { height, width, channels } = imageSizeOf(model);
  const shape = [null, height, width, channels];
  const x = imageInput(photo, { inputs: [{ shape }] }, { range: [low, high] });
  const scores = await named('--model', () => scoresOf(model, x)); // and warms the backend up
  if (target !== undefined && target >= scores.length) {
    throw new Error(`--target: expected a class from 0 to ${scores.length - 1}, got ${target}`);
  }
  const labels = await labelsFor(options, scores.length);

  const names = namesFor(options.method, model);
  const explanations: Explanation[] = [];
  for (const name of names) {
    explanations.push(await named('--model', () => explain(model, x, name, target)));
  }
  const pictures = [await toPixels(x, { range: [low, high] }), ...explanations.map(({ picture }) => picture)];
  const enlarged = pictures.map((picture) => enlarge(picture, Math.ceil(LOW / height)));
  await writeBytes(out, encode(sideBySide(enlarged, { gap: 4 })), '--out');

  say('model', modelPath ?? 'MobileNetV2 from nsfwjs, a photo-safety classifier');
  say('', `takes [1, ${height}, ${width}, ${channels}] in ${low}...${high}, on ${options.backend}`);
  say('photo', image === CAT ? 'chelsea.png by S. van der Walt (scikit-image), CC0' : image);
  say('class', classText(explanations, labels, scores));
  for (const [what, text] of overrideLines(model, names)) say(what, text);
  say('time', explanations.map(({ title, ms }) => `${title} ${ms} ms`).join(', '));
  say('picture', resolve(out));
  say('', ['photo', ...explanations.map(({ title }) => title)].join(' | '));
  if (modelPath === undefined && names.includes('deconv')) {
    say(
      'note',
      'deconvnet sees the photo through max pooling alone, and MobileNet has none: its map is of the class only',
    );
  }
  [x, model].forEach((resource) => resource.dispose());
}

/** What makes the file of a picture, by the name it is to have. */
function encoderOf(out: string): (picture: Pixels) => Uint8Array {
  const extension = extname(out).toLowerCase();
  if (extension === '' || extension === '.png') return encodePng;
  if (extension === '.jpg' || extension === '.jpeg') {
    return ({ width, height, data }) => jpeg.encode({ width, height, data }, 90).data;
  }
  throw new Error(`--out: expected a name that ends in .png or .jpg, got "${out}"`);
}

/** The methods that are shown; those with a rule want a rectifier for it. */
function namesFor(
  method: DemoOptions['method'],
  model: Parameters<typeof rectifiersIn>[0],
): readonly MethodName[] {
  const names = method === 'all' ? methodNames : [method];
  if (rectifiersIn(model) > 0) return names;
  const plain = names.filter((name) => methods[name].rule === undefined);
  if (plain.length > 0) return plain;
  throw new Error(
    `--method: the model has no rectifier for "${method}"; --method gradient shows its gradient`,
  );
}

async function start(backend: DemoOptions['backend']): Promise<void> {
  enableProdMode(); // no advice on other backends
  if (backend === 'wasm') await import('@tensorflow/tfjs-backend-wasm');
  else await import('@tensorflow/tfjs-backend-cpu');
  if (!(await setBackend(backend))) throw new Error(`--backend: "${backend}" does not start on this machine`);
}

async function labelsFor({ labels, model }: DemoOptions, classes: number): Promise<string[] | undefined> {
  if (labels !== undefined) return readLabels(labels, classes);
  return model === undefined ? defaultLabels : undefined;
}

interface Explanation {
  title: string;
  picture: Pixels;
  ms: number;
  /** The class, and what of it was explained: its score before a softmax. */
  chosen: number;
  value: number;
}

async function explain(model: Model, x: Tensor4D, name: MethodName, target?: number): Promise<Explanation> {
  const { title, rule } = methods[name];
  const options = { ...(rule && { rule }), ...(target !== undefined && { target }) };
  const started = performance.now();
  const { map, value, classes } = valueAndSaliency(model, x, options);
  const [[explained = NaN], [chosen = NaN]] = await Promise.all([value.data(), classes?.data() ?? []]);
  await map.data(); // the clock stops when the map is there
  const ms = Math.round(performance.now() - started);

  const oneChannel = reduceChannels(map);
  const picture = await colorize(oneChannel, { percentile: FULL });
  [map, value, classes, oneChannel].forEach((tensor) => tensor?.dispose());
  return { title, picture, ms, chosen, value: explained };
}

function classText([first]: Explanation[], labels: string[] | undefined, scores: number[]): string {
  const { chosen = NaN, value = NaN } = first ?? {};
  const name = labels === undefined ? '' : ` "${labels[chosen]}"`;
  const score = scores[chosen] ?? NaN;
  const before = Math.abs(value - score) < 1e-4 ? '' : `; explained by its logit, ${value.toFixed(2)}`;
  return `${chosen}${name}, score ${score.toFixed(3)}${before}`;
}
