import type { Explained, ModelFacts } from '../messages';
import { factsOf, takesLayer } from '../methods';
import { pairOf, type Settings } from '../settings';
import type { ModelSource } from './modelSource';

/** What code is written for. */
export interface Coded {
  readonly settings: Settings;
  readonly model: ModelSource;
  readonly facts: ModelFacts;
  readonly explained: Explained;
}

/** The lines that make a map with what npm installs. */
export function codeFor({ settings, model, facts, explained }: Coded): string {
  const { colors, strength } = settings;
  const { method, backend } = explained;
  const { passes, kind, from, isLevels } = factsOf(method);
  const { imported, flat } = FLAT[kind];
  const names = [...(from === undefined ? [method] : []), ...imported];
  const loader = LOADERS[facts.kind];
  const size = facts.hasSize ? '' : `size: [${facts.height}, ${facts.width}], `;
  const backendPackage = `@tensorflow/tfjs-backend-${backend}`;
  return [
    `// npm install guided-saliency @tensorflow/tfjs-core ${loader.from} ${backendPackage}`,
    `import * as tf from '@tensorflow/tfjs-core';`,
    `import { ${loader.name} } from '${loader.from}';`,
    backend === 'wasm' ? `import { setWasmPaths } from '${backendPackage}';` : `import '${backendPackage}';`,
    ...(names.length > 0 ? [`import { ${names.join(', ')} } from 'guided-saliency';`] : []),
    ...(from === undefined ? [] : [`import { ${method} } from 'guided-saliency/${from}';`]),
    `import { colorize, drawOnCanvas, imageInput, overlay, toPixels } from 'guided-saliency/image';`,
    '',
    ...(backend === 'wasm'
      ? [`setWasmPaths('/wasm/'); // where your page has ${backendPackage}/dist/*.wasm`]
      : []),
    `await tf.setBackend('${backend}');`,
    `const model = await ${loader.name}(${quoted(addressOf(model))});`,
    `const photo = document.querySelector('img');${model.input === 'digit' ? DIGIT : ''}`,
    `const range = [${pairOf(settings.range).join(', ')}];`,
    '',
    `const x = imageInput(photo, model, { ${size}range });`,
    `const map = ${passes === 'many' ? 'await ' : ''}${method}(model, x, { ${optionsOf(settings, facts, explained)} });`,
    `const flat = ${flat};`,
    ...(isLevels ? ['const shown = tf.sub(flat, tf.min(flat));'] : []),
    `const colours = await colorize(${isLevels ? 'shown' : 'flat'}, { colors: '${colors}', percentile: 97 });`,
    `const picture = overlay(await toPixels(x, { range }), colours, ${strength / 100});`,
    `drawOnCanvas(document.querySelector('canvas'), picture);`,
    '',
  ].join('\n');
}

/** How a map of each kind becomes one number a pixel. */
const FLAT = {
  input: { imported: ['reduceChannels'], flat: 'reduceChannels(map)' },
  layer: { imported: ['resizeMap'], flat: 'resizeMap(map, x.shape.slice(1, 3))' },
  image: { imported: [], flat: 'map' },
} as const;

const LOADERS = {
  LayersModel: { name: 'loadLayersModel', from: '@tensorflow/tfjs-layers' },
  GraphModel: { name: 'loadGraphModel', from: '@tensorflow/tfjs-converter' },
} as const;

const DIGIT = ' // a digit, white on black, in the middle of 28 × 28 pixels';

function optionsOf(
  settings: Settings,
  { height, width }: ModelFacts,
  { method, target, layer }: Explained,
): string {
  const { options, fromNoise } = factsOf(method);
  const range = pairOf(settings.range);
  const given = Object.entries(options?.({ height, width, range }) ?? {});
  return [
    `target: ${target}`,
    ...given.map(([name, value]) => `${name}: ${JSON.stringify(value).replaceAll(',', ', ')}`),
    ...(fromNoise ? [`baseline: tf.randomUniform(x.shape, ${range.join(', ')}, 'float32', 1)`] : []),
    ...(takesLayer(method) && layer !== null ? [`layer: ${JSON.stringify(pathOf(layer))}`] : []),
  ].join(', ');
}

/** Files are wherever the user puts them; without "./" TF.js asks the root of the host for the weights. */
function addressOf({ from }: ModelSource): string {
  if (typeof from !== 'string') return './model.json';
  return from.endsWith('/') ? `${from}model.json` : from;
}

/** Text as JavaScript has it: an address may be anybody's, with a quote in it, and code behind that. */
function quoted(text: string): string {
  return `'${text.replace(/[\\']/g, '\\$&')}'`;
}

function pathOf(layer: string): string | string[] {
  const path = layer.split(' › ');
  return path.length === 1 ? layer : path;
}
