import { concat, dispose, mean, mul, ones, sum, tensor, type Tensor } from '@tensorflow/tfjs-core';
import {
  input as symbolicInput,
  layers,
  model as layersModel,
  sequential,
  type SymbolicTensor,
} from '@tensorflow/tfjs-layers';
import {
  guided,
  layersOf,
  overrideActivations,
  prepare,
  reduceChannels,
  saliency,
  valueAndSaliency,
  type Model,
} from 'guided-saliency';
import { imageInput } from 'guided-saliency/image';
import { describe, expect, it } from 'vitest';
import { constant, input, op, tinyGraph } from '../support/tinyGraph';
import { messageOf } from '../support/leftBehind';
import { dense, stack } from '../support/tinyLayers';

const wrong = <T>(value: unknown) => value as T;
const one = (value: unknown) => value as SymbolicTensor;
const conv = (name: string) => layers.conv2d({ filters: 2, kernelSize: 3, activation: 'relu', name });

const inner = () =>
  sequential({
    name: 'vgg16',
    layers: [layers.inputLayer({ inputShape: [8, 8, 1] }), conv('conv1'), layers.flatten({ name: 'flat' })],
  });

const nested = (() => {
  const at = symbolicInput({ shape: [8, 8, 1], name: 'photo' });
  const end = layers.dense({ units: 2, name: 'end' });
  return layersModel({ inputs: at, outputs: one(end.apply(one(inner().apply(at)))) });
})();

const siamese = (() => {
  const ins = ['left', 'right'].map((name) => symbolicInput({ shape: [8, 8, 1], name }));
  const vgg = inner();
  const both = ins.map((at) => one(vgg.apply(at)));
  return layersModel({ inputs: ins, outputs: one(layers.dot({ axes: 1 }).apply(both)) });
})();

const plain = stack(
  [2],
  dense(
    [
      [1, 2, 3],
      [4, 5, 6],
    ],
    { name: 'scores' },
  ),
);
const x = ones([1, 2]);
const photo = ones([1, 8, 8, 1]);

describe('a layer that is named otherwise than by a name', () => {
  const wrt = "saliency: expected wrt to be a layer's name, a list of names or { layer }";
  const layer = plain.getLayer('scores');
  it.each<[string, unknown]>([
    [`${wrt}, got the layer "scores"; pass its name, "scores"`, layer],
    [`${wrt}, got an object of class SymbolicTensor; pass its name, "scores"`, layer.output],
    [`${wrt}, got an object of class Object; pass its name, "scores"`, { name: 'scores' }],
    [`${wrt}, got -1; layersOf(model) lists the paths to choose from`, -1],
    [`${wrt}, got null; layersOf(model) lists the paths to choose from`, null],
    [`${wrt}, got an object of class Object; pass { layer: path } of it`, layersOf(plain)[0]],
  ])('%s', (message, given) => {
    expect(messageOf(() => saliency(plain, x, { wrt: wrong(given) }))).toBe(`TypeError: ${message}`);
  });

  it('is told in a target, in a list, and by overrideActivations', () => {
    const path = 'expected layer to be a layer\'s name or a list of names, got the layer "scores"';
    expect(messageOf(() => saliency(plain, x, { target: { layer: wrong(layer) } }))).toBe(
      `TypeError: saliency: ${path}; pass its name, "scores"`,
    );
    expect(messageOf(() => overrideActivations(plain, guided, { layers: [wrong(layer)] }))).toBe(
      'TypeError: overrideActivations: expected layers to be a list of layer names, got a list with the layer ' +
        '"scores"; pass its name, "scores"',
    );
  });

  it.each<[object, string]>([
    [{ unit: 3 }, 'expected unit to be a list of numbers, e.g. [row, column, channel], got 3'],
    [{ region: '0' }, 'expected region to be [top, left, bottom, right], got "0"'],
    [{ channel: '0' }, 'expected channel to be a number, got "0"'],
    [{ output: '0' }, 'expected output of a layer to be a number, got "0"'],
    [{ node: '0' }, 'expected node to be a number, or one for each name of the path, got "0"'],
    [{ chanel: 0 }, 'no name in target "chanel"; did you mean "channel"?'],
  ])('%j is refused', (part, message) => {
    expect(messageOf(() => saliency(plain, x, { target: { layer: 'scores', ...part } }))).toBe(
      `TypeError: saliency: ${message}`,
    );
  });
});

describe('a layer that is not there', () => {
  it('is found in a nested model, also misspelt, and the path offered is taken', () => {
    const has = 'the model has "photo", "vgg16", "end"';
    for (const name of ['conv1', 'cnov1', 'vgg16/conv1', 'Conv1']) {
      expect(messageOf(() => saliency(nested, photo, { wrt: name }))).toBe(
        `RangeError: saliency: no layer "${name}"; did you mean ["vgg16", "conv1"]? ${has}`,
      );
    }
    expect(saliency(nested, photo, { wrt: ['vgg16', 'conv1'] }).shape).toEqual([1, 6, 6, 2]);
  });

  it('is found among the nodes of a graph by the name of the layer that they are of', () => {
    const graph = tinyGraph(
      {
        x: input([null, 2]),
        'net/hidden/w': constant([1, 2, 3, 4], [2, 2]),
        'net/hidden/MatMul': op('MatMul', ['x', 'net/hidden/w']),
        'net/hidden/Relu': op('Relu', ['net/hidden/MatMul']),
      },
      ['net/hidden/Relu'],
    );
    expect(messageOf(() => saliency(graph, x, { wrt: 'hidden' }))).toContain(
      'no node "hidden"; did you mean "net/hidden/Relu"? the graph has',
    );
  });
});

describe('a layer of a model that is called twice', () => {
  const given = [photo, photo];
  it.each<[unknown, string]>([
    [['vgg16', 'conv1'], '{ layer: ["vgg16", "conv1"], node: [0, 0] }'],
    [{ layer: ['vgg16', 'conv1'], node: 1 }, '{ layer: ["vgg16", "conv1"], node: [1, 0] }'],
    ['vgg16', '{ layer: "vgg16", node: 0 }'],
  ])('%j is told the place to name', (wrt, place) => {
    expect(messageOf(() => saliency(siamese, given, { wrt: wrong<string>(wrt) }))).toBe(
      `RangeError: saliency: layer "vgg16" is called 2 times; say which: ${place}`,
    );
  });

  it('and the place is taken', () => {
    const wrt = { layer: ['vgg16', 'conv1'], node: [1, 0] };
    expect(saliency(siamese, given, { wrt }).shape).toEqual([1, 6, 6, 2]);
  });
});

describe('an input that is not yet one', () => {
  const expected = 'expected x to be a tensor, a list of tensors or tensors by input name';

  it('is told how to become a tensor, and then is', () => {
    expect(messageOf(() => saliency(plain, wrong([[1, 2]])))).toBe(
      `TypeError: saliency: ${expected}, got a list with a list with a number; make it a tensor with tf.tensor(x)`,
    );
    expect(saliency(plain, tensor([[1, 2]])).shape).toEqual([1, 2]);
    expect(messageOf(() => saliency(plain, wrong(Promise.resolve(x))))).toBe(
      `TypeError: saliency: ${expected}, got a promise; await it first`,
    );
    expect(messageOf(() => saliency(plain, wrong([Promise.resolve(x)])))).toBe(
      `TypeError: saliency: ${expected}, got a list with a promise; await x[0] first`,
    );
  });

  it('a picture of the page is told the way, and the way is one', () => {
    class ImageData {
      readonly width = 8;
      readonly height = 8;
      readonly data = new Uint8ClampedArray(4 * 64);
    }
    const picture = new ImageData();
    expect(messageOf(() => saliency(nested, wrong(picture)))).toBe(
      `TypeError: saliency: ${expected}, got an object of class ImageData; ` +
        'make it a tensor with imageInput(x, model) of guided-saliency/image',
    );
    expect(saliency(nested, imageInput(wrong(picture), nested)).shape).toEqual([1, 8, 8, 1]);
    const colours = ones([1, 8, 8, 3]);
    expect(messageOf(() => saliency(nested, colours))).toBe(
      'RangeError: saliency: expected x to have shape [batch, 8, 8, 1], got [1, 8, 8, 3]; ' +
        'pass tf.mean(x, -1, true)',
    );
    expect(saliency(nested, mean(colours, -1, true)).shape).toEqual([1, 8, 8, 1]);
  });

  it('a photo as a file, or decoded from one, is told the way', () => {
    const way = 'make it a tensor with imageInput(x, model) of guided-saliency/image';
    const decoded = { width: 8, height: 8, data: new Uint8Array(4 * 64) };
    expect(messageOf(() => saliency(nested, wrong(decoded)))).toBe(
      `TypeError: saliency: ${expected}, got an object of class Object; ${way}`,
    );
    expect(saliency(nested, imageInput(decoded, nested)).shape).toEqual([1, 8, 8, 1]);
    expect(messageOf(() => saliency(nested, wrong(new Blob(['a']))))).toBe(
      `TypeError: saliency: ${expected}, got an object of class Blob; ${way}`,
    );
  });

  it('a list of photos becomes one batch', () => {
    const both = [photo, photo];
    expect(messageOf(() => saliency(nested, both))).toContain('got 2; a batch is one tensor, tf.concat(x)');
    expect(saliency(nested, concat(both)).shape).toEqual([2, 8, 8, 1]);
  });

  it.each<[number[], string]>([
    [[1, 8, 8], 'tf.expandDims(x, -1)'],
    [[8, 8], 'tf.reshape(x, [1, 8, 8, 1])'],
    [[5, 6, 1], 'tf.image.resizeBilinear(tf.expandDims(x), [8, 8])'],
    [[1, 5, 6, 3], 'tf.image.resizeBilinear(tf.mean(x, -1, true), [8, 8])'],
    [[1, 1, 8, 8], 'tf.transpose(x, [0, 2, 3, 1])'],
  ])('a shape of %j: pass %s', (shape, code) => {
    expect(messageOf(() => saliency(nested, ones(shape)))).toBe(
      `RangeError: saliency: expected x to have shape [batch, 8, 8, 1], got [${shape.join(', ')}]; pass ${code}`,
    );
  });
});

it('what holds a map is told that the map is taken', () => {
  const explained = valueAndSaliency(plain, x);
  expect(messageOf(() => reduceChannels(wrong(explained)))).toBe(
    'TypeError: reduceChannels: expected map to be a tensor, got an object of class Object; pass its .map',
  );
  expect(reduceChannels(explained.map).shape).toEqual([1]);
});

describe('a model that is none', () => {
  const expected = 'expected model to be a LayersModel, a GraphModel, a prepared model or a function';
  it.each<[unknown, string]>([
    [Promise.resolve(plain), 'got a promise; await it first'],
    [{ model: plain }, 'got an object of class Object; pass its .model'],
    [x, 'got a tensor; the model comes first, then what it is given'],
  ])('is told what to do: %#', (model, message) => {
    expect(messageOf(() => saliency(wrong<Model>(model), x))).toBe(
      `TypeError: saliency: ${expected}, ${message}`,
    );
  });

  it('a prepared model has one, where no prepared one is taken', () => {
    const prepared = prepare(plain);
    expect(messageOf(() => prepare(wrong(prepared)))).toBe(
      'TypeError: prepare: expected model to be a LayersModel or a GraphModel, got a prepared model; pass its .model',
    );
    prepared.dispose();
  });
});

describe('a class that is no number', () => {
  const label = 'a class is a number, e.g. labels.indexOf("cat") in the list of your labels';
  it('is told so, in a list and of an output, too', () => {
    expect(messageOf(() => saliency(plain, x, { target: wrong(['cat']) }))).toBe(
      `RangeError: saliency: expected target to be a class from 0 to 2, got "cat"; ${label}`,
    );
    expect(messageOf(() => saliency(plain, x, { target: { output: 0, class: wrong('cat') } }))).toBe(
      `TypeError: saliency: expected class to be a class or a list of classes, got "cat"; ${label}`,
    );
  });
});

describe('a function that reads its numbers back', () => {
  const rest =
    'reads numbers back (dataSync, arraySync, print), and no gradient passes through them; ' +
    'let it return what TF.js ops make of what it is given';
  it('is told so, as a target and as a model', () => {
    const read = (y: Tensor) => tensor(y.dataSync()[0]!);
    expect(messageOf(() => saliency(plain, x, { target: read }))).toBe(
      `Error: saliency: the target function ${rest}`,
    );
    expect(messageOf(() => saliency((y: Tensor) => read(y), x))).toBe(
      `Error: saliency: the function ${rest}`,
    );
    // who reads aside, e.g. to watch, is explained
    const watching = (y: Tensor) => (read(y).dispose(), sum(y));
    const map = saliency(plain, x, { target: watching });
    expect(map.shape).toEqual([1, 2]);
    dispose(map);
  });
});

it('an activation with an apply alone, put there by hand, is explained as it is', async () => {
  const weights = [
    [1, 2],
    [3, 4],
  ];
  const by = stack([2], dense(weights), layers.activation({ activation: 'relu', name: 'act' }));
  const layer = by.getLayer('act') as unknown as { activation: unknown };
  layer.activation = { apply: (y: Tensor) => mul(y, y) };
  // y = (x1 + 3 x2)^2 at [1, 1]: 2 * 4 * [1, 3]
  const map = saliency(by, x, { target: 0 });
  expect(await map.array()).toEqual([[8, 24]]);
});
