// What a user writes, as text. One network on paper in each:
//
//   x = [1, 2]    z = x·[[1, -1, 2], [1, 1, -2]] = [3, 1, -2]
//   h = relu(z) = [3, 1, 0]    y₀ = h·[2, -3, 5] = 3
//
// The gradient of y₀ that arrives at the relu is [2, -3, 5]. The rules let through, and the input gets:
//
//   plain   [2, -3, 0]   [2 + 3, 2 - 3]      the third unit is off
//   guided  [2,  0, 0]   [2, 2]              and nothing negative goes on
//   deconv  [2,  0, 5]   [2 + 10, 2 - 10]    also where the unit is off

/** What both programs print. */
export const expected = { plain: [5, -1], guided: [2, 2], deconv: [12, -8] };

const printed = `
const rounded = async (map) => [...(await map.data())].map((value) => Math.round(value * 1e4) / 1e4);
console.log(JSON.stringify({
  plain: await rounded(saliency(model, x, { target: 0 })),
  guided: await rounded(guidedBackprop(model, x, { target: 0 })),
  deconv: await rounded(deconvnet(model, x, { target: 0 })),
}));`;

/** The network as a LayersModel. */
export const asLayers = `
import { setBackend, tensor2d } from '@tensorflow/tfjs-core';
import * as layers from '@tensorflow/tfjs-layers';
import '@tensorflow/tfjs-backend-cpu';
import { deconvnet, guidedBackprop, saliency } from 'guided-saliency';

await setBackend('cpu');
const model = layers.sequential();
model.add(layers.layers.dense({ units: 3, inputShape: [2], useBias: false, activation: 'relu' }));
model.add(layers.layers.dense({ units: 2, useBias: false }));
model.setWeights([tensor2d([[1, -1, 2], [1, 1, -2]]), tensor2d([[2, 1], [-3, 1], [5, 1]])]);
const x = tensor2d([[1, 2]]);
${printed}`;

/** The network by the script of a page; `file` is where that is, as code. */
export const asScript = (file: string): string => `
globalThis.tf = {
  ...require('@tensorflow/tfjs-core'),
  ...require('@tensorflow/tfjs-layers'),
};
require('@tensorflow/tfjs-backend-cpu');
require('node:vm').runInThisContext(require('node:fs').readFileSync(${file}, 'utf8'));
const { deconvnet, guidedBackprop, saliency, image, metrics } = globalThis.guidedSaliency;

(async () => {
  await tf.setBackend('cpu');
  const model = tf.sequential();
  model.add(tf.layers.dense({ units: 3, inputShape: [2], useBias: false, activation: 'relu' }));
  model.add(tf.layers.dense({ units: 2, useBias: false }));
  model.setWeights([tf.tensor2d([[1, -1, 2], [1, 1, -2]]), tf.tensor2d([[2, 1], [-3, 1], [5, 1]])]);
  const x = tf.tensor2d([[1, 2]]);
  const map = (method) => [...method(model, x, { target: 0 }).dataSync()];
  const picture = await image.colorize(tf.tensor2d([[1, -1], [0, 2]]));
  console.log(JSON.stringify({
    plain: map(saliency),
    guided: map(guidedBackprop),
    deconv: map(deconvnet),
    png: [...image.encodePng(picture).slice(0, 4)],
    check: typeof metrics.check,
  }));
})();`;

const loadedAgain = `
/** TF.js loaded once more, as from another folder of node_modules. */
function loadAgain() {
  const ours = { ...require.cache };
  for (const file of Object.keys(require.cache)) delete require.cache[file];
  const copy = { ...require('@tensorflow/tfjs-core'), ...require('@tensorflow/tfjs-layers') };
  require('@tensorflow/tfjs-backend-cpu');
  for (const file of Object.keys(require.cache)) delete require.cache[file];
  Object.assign(require.cache, ours);
  return copy;
}
function network(tf, name) {
  const model = tf.sequential({ name });
  model.add(tf.layers.dense({ units: 3, inputShape: [2], useBias: false, activation: 'relu' }));
  model.add(tf.layers.dense({ units: 2, useBias: false }));
  model.setWeights([tf.tensor2d([[1, -1, 2], [1, 1, -2]]), tf.tensor2d([[2, 1], [-3, 1], [5, 1]])]);
  return model;
}`;

/** The network of a second copy of TF.js, explained by the library that imports the first. */
export const asTwoCopies = `
const tf = require('@tensorflow/tfjs-core');
require('@tensorflow/tfjs-backend-cpu');
const { deconvnet, guidedBackprop, saliency } = require('guided-saliency');
${loadedAgain}
(async () => {
  await tf.setBackend('cpu');
  const theirs = loadAgain();
  const model = network(theirs, 'theirs');
  const map = (method) => [...method(model, theirs.tensor2d([[1, 2]]), { target: 0 }).dataSync()];
  console.log(JSON.stringify({
    isOther: theirs.Tensor !== tf.Tensor,
    plain: map(saliency),
    guided: map(guidedBackprop),
    deconv: map(deconvnet),
  }));
})();`;

/** The same where the global object got a `window` between the two: then each copy has an engine. */
export const asTwoEngines = `
const tf = { ...require('@tensorflow/tfjs-core'), ...require('@tensorflow/tfjs-layers') };
require('@tensorflow/tfjs-backend-cpu');
const { saliency } = require('guided-saliency');
${loadedAgain}
(async () => {
  await tf.setBackend('cpu');
  globalThis.window = {};
  const theirs = loadAgain();
  delete globalThis.window;
  await theirs.setBackend('cpu');
  const said = [];
  for (const [model, x] of [
    [network(theirs, 'theirs'), tf.tensor2d([[1, 2]])],
    [network(tf, 'ours'), theirs.tensor2d([[1, 2]])],
  ]) {
    try {
      saliency(model, x, { target: 0 });
      said.push('nothing');
    } catch (error) {
      said.push(error.message);
    }
  }
  console.log(JSON.stringify(said));
})();`;

/** The network as a GraphModel, without tfjs-layers in sight, which would bring TF.js's gradients along. */
export const asGraph = `
import { io, setBackend, tensor2d } from '@tensorflow/tfjs-core';
import { loadGraphModel } from '@tensorflow/tfjs-converter';
import '@tensorflow/tfjs-backend-cpu';
import { deconvnet, guidedBackprop, saliency } from 'guided-saliency';

await setBackend('cpu');
const float = { dtype: { type: 'DT_FLOAT' } };
const weights = { w1: [[1, -1, 2], [1, 1, -2]], w2: [[2, 1], [-3, 1], [5, 1]] };
const modelTopology = { versions: { producer: 1, minConsumer: 1 }, node: [
  { name: 'x', op: 'Placeholder', attr: { ...float, shape: { shape: { dim: [{ size: '-1' }, { size: '2' }] } } } },
  { name: 'w1', op: 'Const', attr: float },
  { name: 'w2', op: 'Const', attr: float },
  { name: 'z', op: 'MatMul', input: ['x', 'w1'], attr: {} },
  { name: 'h', op: 'Relu', input: ['z'], attr: {} },
  { name: 'y', op: 'MatMul', input: ['h', 'w2'], attr: {} },
] };
const weightSpecs = [
  { name: 'w1', shape: [2, 3], dtype: 'float32' },
  { name: 'w2', shape: [3, 2], dtype: 'float32' },
];
const weightData = new Float32Array([...weights.w1.flat(), ...weights.w2.flat()]).buffer;
const model = await loadGraphModel(io.fromMemory({ modelTopology, weightSpecs, weightData }));
const x = tensor2d([[1, 2]]);
${printed}`;

/** A rule for a kernel, where TF.js has no gradient at all: a map by it, and what a tf.grad says. */
export const asRules = `
import { grad, relu, setBackend, sum, tensor1d } from '@tensorflow/tfjs-core';
import '@tensorflow/tfjs-backend-cpu';
import { saliency, withGradients } from 'guided-saliency';

await setBackend('cpu');
const x = tensor1d([-1, 1]);
const rule = ({ dx }) => dx;
const target = (y) => sum(y);
const map = withGradients({ Relu: rule }, () => saliency((x) => relu(x), x, { target }));
let message = 'nothing';
try {
  withGradients({ Relu: rule }, () => grad((x) => relu(x))(x));
} catch (error) {
  message = error.message;
}
console.log(JSON.stringify({ map: [...(await map.data())], message }));
`;

/** A map drawn, where `windowless.cjs` has taken the text coders away; prints how the PNG begins. */
export const asPicture = `
import './windowless.cjs';
import { setBackend, tensor2d } from '@tensorflow/tfjs-core';
import '@tensorflow/tfjs-backend-cpu';
import { colorize, encodePng } from 'guided-saliency/image';

if (typeof TextDecoder !== 'undefined') throw new Error('the test is void: there is a TextDecoder');
await setBackend('cpu');
const picture = await colorize(tensor2d([[1, -1], [0, 2]]), { colors: 'blueRed' });
console.log(JSON.stringify([...encodePng(picture).slice(0, 4)]));
`;

/** The network's types as TypeScript sees them, in a file that is a module of either kind. */
export const asTypes = `
import { tensor4d, type Tensor } from '@tensorflow/tfjs-core';
import type { LayersModel } from '@tensorflow/tfjs-layers';
import { deconvnet, guidedBackprop, saliency, type GradientRule } from 'guided-saliency';
import { colorize, encodePng } from 'guided-saliency/image';

const mine: GradientRule = ({ dy, dx, y }) => (dy.shape === y.shape ? dy : dx);

export async function explained(model: LayersModel): Promise<Uint8Array> {
  const x = tensor4d([0], [1, 1, 1, 1]);
  const maps: Tensor[] = [
    guidedBackprop(model, x),
    deconvnet(model, x, { target: 1 }),
    saliency(model, x, { rule: mine, score: 'probability' }),
  ];
  // @ts-expect-error: a target is no boolean
  saliency(model, x, { target: true });
  return encodePng(await colorize(maps[0]!));
}
`;

/** The same where tfjs-layers, and so its types, are not there: what is no model is still refused. */
export const asGraphTypes = `
import { tensor2d, type Tensor, type Tensor2D } from '@tensorflow/tfjs-core';
import type { GraphModel } from '@tensorflow/tfjs-converter';
import { describeOverrides, guided, layersOf, prepare, saliency } from 'guided-saliency';
import { check, randomizeFrom } from 'guided-saliency/metrics';
import { layerwiseRelevance } from 'guided-saliency/relevance';

export async function explained(loading: Promise<GraphModel>): Promise<Tensor2D[]> {
  const x = tensor2d([[1, 2]]);
  const model = await loading;
  // @ts-expect-error: a promise is no model
  saliency(loading, x);
  // @ts-expect-error
  layerwiseRelevance(loading, x);
  // @ts-expect-error
  await check(loading, x);
  // @ts-expect-error
  describeOverrides(loading, guided);
  // @ts-expect-error
  layersOf(loading);
  // @ts-expect-error
  prepare(loading);
  // @ts-expect-error
  randomizeFrom(loading, 'conv');
  const ofNumber = (y: Tensor) => y;
  return [saliency(model, x), saliency(prepare(model), x), saliency(ofNumber, x)];
}
`;

/** A model.json of photos of 2 x 2: a ReLU, and their sum: the gradient is 1 wherever there is light. */
export const asModelJson = {
  modelTopology: {
    class_name: 'Sequential',
    config: {
      name: 'light',
      layers: [
        { class_name: 'ReLU', config: { name: 'relu', batch_input_shape: [null, 2, 2, 3] } },
        { class_name: 'GlobalAveragePooling2D', config: { name: 'mean' } },
      ],
    },
  },
  weightsManifest: [],
};

/**
 * A page as far as the README's first block wants it: its model, an `Image` of 2 x 2, and a canvas.
 * `report()` prints the red, green and blue on the canvas.
 */
export const asPage = `
import '@tensorflow/tfjs-core';
globalThis.fetch = async () => Response.json(${JSON.stringify(asModelJson)});
globalThis.Image = class {
  width = 2;
  height = 2;
  data = Uint8Array.of(255, 255, 255, 255, 85, 85, 85, 255, 0, 0, 0, 255, 51, 51, 51, 255);
  async decode() {}
};
let shown;
const context = {
  createImageData: (width, height) => ({ data: new Uint8ClampedArray(4 * width * height) }),
  putImageData: ({ data }) => { shown = data; },
};
globalThis.document = {
  body: { appendChild: (element) => element },
  createElement: () => ({ getContext: () => context }),
};
globalThis.report = () => console.log(JSON.stringify([...shown].filter((_, i) => i % 4 !== 3)));
`;
