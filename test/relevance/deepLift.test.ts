import * as tf from '@tensorflow/tfjs-core';
import { input as inputOf, layers, model as modelOf } from '@tensorflow/tfjs-layers';
import type { LayersModel, SymbolicTensor } from '@tensorflow/tfjs-layers';
import { explain, guidedRelu, prepare } from 'guided-saliency';
import { deepLift, type DeepLiftOptions } from 'guided-saliency/relevance';
import { describe, expect, it } from 'vitest';
import { leftBehind, messageOf, onlyResults } from '../support/leftBehind';
import { thinned } from '../support/thinned';
import { constant, input, op, tinyGraph } from '../support/tinyGraph';
import { convolution, dense, stack } from '../support/tinyLayers';

const x = tf.tensor2d([[1, 2]]);

/** Numbers of both signs that have no pattern. */
const numbers = (shape: number[], seed: number) =>
  tf.tensor(
    Array.from({ length: tf.util.sizeFromShape(shape) }, (_, i) => Math.sin(12.9 * (i + 1) + 7.3 * seed)),
    shape,
  );

const close = async (map: tf.Tensor, wanted: readonly number[], digits = 4) => {
  const got = [...(await map.data())];
  expect(got.length).toBe(wanted.length);
  got.forEach((value, i) => expect(value).toBeCloseTo(wanted[i]!, digits));
  map.dispose();
};

/** h = relu([x0 + x1, -x0, 2 x0]), score = 2 h0 + 5 h1 + h2. */
const twoLayers = () =>
  stack(
    [2],
    dense(
      [
        [1, -1, 2],
        [1, 0, 0],
      ],
      { activation: 'relu', name: 'hidden' },
    ),
    dense([[2], [5], [1]], { name: 'scores' }),
  );

describe('deepLift', () => {
  it('is the weights times the change of a linear model', async () => {
    const model = stack([2], dense([[3], [-2]]));
    await close(deepLift(model, x), [3, -4]);
    await close(deepLift(model, x, { baseline: 2 }), [-3, 0]);
  });

  it('rescales at a rectifier, by hand', async () => {
    // from [0, 0]: h = [3, 0, 2] of [3, -1, 2]: multipliers 1, 0, 1
    await close(deepLift(twoLayers(), x), [2 + 2, 4]);
    // from [-2, 0]: z = [-2, 2, -4], h′ = [0, 2, 0]: multipliers 3/5, −2/−3, 2/6
    const baseline = tf.tensor2d([[-2, 0]]);
    const m0 = 2 * 0.6 - 5 * (2 / 3) + 2 * (1 / 3);
    await close(deepLift(twoLayers(), x, { baseline }), [3 * m0, 2 * 2 * 0.6]);
  });

  it('gives contributions of a layer, which sum to the same', async () => {
    const baseline = tf.tensor2d([[-2, 0]]);
    await close(deepLift(twoLayers(), x, { baseline, wrt: 'hidden' }), [6, -10, 2]);
  });

  it('hands the change of a maximum to the winners of both', async () => {
    const image = tf.tensor4d([1, 4, 2, 3], [1, 2, 2, 1]);
    const baseline = tf.tensor4d([6, 0, 1, 0], [1, 2, 2, 1]);
    const max = stack([2, 2, 1], layers.maxPooling2d({ poolSize: 2 }), layers.flatten());
    // 4 less 6: M = 6, so nothing to the winner 4, −2 to the winner 6
    await close(deepLift(max, image, { baseline }), [-2, 0, 0, 0]);
    // 4 less 1
    await close(deepLift(max, image, { baseline: tf.tensor4d([0, 0, 1, 0], [1, 2, 2, 1]) }), [0, 3, 0, 0]);
    const global = stack([2, 2, 1], layers.globalMaxPooling2d({}));
    await close(deepLift(global, image, { baseline }), [-2, 0, 0, 0]);
  });

  it('hands it to one of equal cells, as they lie in a background: also of a volume', async () => {
    const volume = tf.tensor5d([1, 1, 1, 4, 1, 1, 1, 4], [1, 2, 2, 2, 1]);
    const pool = layers.maxPooling3d({ poolSize: 2 });
    const max = stack([2, 2, 2, 1], layers.reLU(), pool, layers.flatten());
    // of nothing but equal cells: the first of them; 4 less 1: the first 4
    await close(deepLift(max, tf.ones([1, 2, 2, 2, 1])), [1, 0, 0, 0, 0, 0, 0, 0]);
    await close(deepLift(max, volume, { baseline: 1 }), [0, 0, 0, 3, 0, 0, 0, 0]);
  });

  it('shares a product by the mean over both orders', async () => {
    const product = ([a, b]: tf.Tensor[]) => tf.sum(tf.mul(a!, b!));
    const inputs = [x, tf.tensor2d([[5, 7]])];
    const target = (y: tf.Tensor) => y;
    // from 1 and 3: ½ (b + b′) Δa, ½ (a + a′) Δb
    const maps = deepLift(product, inputs, { target, baseline: [1, 3] });
    await close(maps[0]!, [0, 5]);
    await close(maps[1]!, [2, 6]);
  });

  it('goes past zeros and ones in the shape of the input, which never change', async () => {
    const score = (y: tf.Tensor) =>
      tf.sum(tf.add(tf.maximum(y, tf.zerosLike(y)), tf.mul(3, tf.onesLike(y))), 1, true);
    // from [-1, 4]: relu changes by 1 and by -2
    await close(deepLift(score, x, { baseline: tf.tensor2d([[-1, 4]]) }), [1, -2]);
  });

  it('takes one baseline for all samples, or one of each', async () => {
    const model = twoLayers();
    const two = tf.tensor2d([
      [1, 2],
      [3, -1],
    ]);
    const one = tf.tensor2d([[-2, 0]]);
    const each = tf.tensor2d([
      [-2, 0],
      [1, 1],
    ]);
    const first = [...(await deepLift(model, x, { baseline: one }).data())];
    const second = [...(await deepLift(model, tf.tensor2d([[3, -1]]), { baseline: one }).data())];
    const other = [
      ...(await deepLift(model, tf.tensor2d([[3, -1]]), { baseline: tf.tensor2d([[1, 1]]) }).data()),
    ];
    await close(deepLift(model, two, { baseline: one }), [...first, ...second]);
    await close(deepLift(model, two, { baseline: each }), [...first, ...other]);
    await close(deepLift(model, two, { baseline: each, batchSize: 1 }), [...first, ...other]);
    const prepared = prepare(model);
    await close(deepLift(prepared, two, { baseline: each }), [...first, ...other]);
    prepared.dispose();
  });

  it('takes the baseline of one sample without its batch axis, or one number a channel', async () => {
    const two = tf.tensor2d([
      [1, 2],
      [3, -1],
    ]);
    const wanted = [...(await deepLift(twoLayers(), two, { baseline: tf.tensor2d([[-2, 0]]) }).data())];
    await close(deepLift(twoLayers(), two, { baseline: tf.tensor1d([-2, 0]) }), wanted);
    const image = tf.tensor4d([1, 4, 2, 3, 5, 7, 6, 8], [1, 2, 2, 2]);
    const square = (at: tf.Tensor) => tf.sum(tf.square(at));
    const baseline = tf.tensor1d([1, 3]);
    // x² less the square of 1, or of 3
    await close(
      deepLift(square, image, { baseline, target: (y: tf.Tensor) => y }),
      [0, 7, 3, 0, 24, 40, 35, 55],
    );
  });

  it('needs none for an input of integers', async () => {
    const [a, word] = [
      inputOf({ shape: [2], name: 'a' }),
      inputOf({ shape: [1], name: 'word', dtype: 'int32' }),
    ];
    const vector = layers.embedding({ inputDim: 3, outputDim: 2, embeddingsInitializer: 'ones' }).apply(word);
    const product = layers.multiply().apply([a, layers.flatten().apply(vector) as SymbolicTensor]);
    const model = modelOf({
      inputs: [a, word],
      outputs: dense([[1], [1]]).apply(product) as SymbolicTensor,
    });
    const inputs = { a: x, word: tf.tensor2d([[2]], [1, 1], 'int32') };
    for (const baseline of [{ a: -1 }, { a: tf.tensor1d([-1, -1]), word: null }]) {
      const maps = deepLift(model, inputs, { target: 0, baseline });
      await close(maps.a, [2, 3]);
      await close(maps.word, [0]);
    }
    const [first, second] = deepLift(model, [inputs.a, inputs.word], { target: 0, baseline: [-1, null] });
    await close(first, [2, 3]);
    await close(second, [0]);
  });

  it('takes baselines by the names of inputs', async () => {
    const [a, b] = [inputOf({ shape: [2], name: 'a' }), inputOf({ shape: [2], name: 'b' })];
    const sum = layers.multiply().apply([a, b]) as SymbolicTensor;
    const model = modelOf({ inputs: [a, b], outputs: dense([[1], [1]]).apply(sum) as SymbolicTensor });
    const maps = deepLift(model, { b: tf.tensor2d([[5, 7]]), a: x }, { baseline: { a: 1, b: 3 } });
    await close(maps['a'], [0, 5]);
    await close(maps['b'], [2, 6]);
  });
});

type Layer = Parameters<typeof stack>[1];

/** Networks of whatever has a rule of its own; all of them end in one number. */
const NETWORKS: readonly (readonly [name: string, shape: number[], make: () => LayersModel | Net])[] = [
  ['relu6', [4, 4, 1], () => images(layers.activation({ activation: 'relu6' }))],
  ['leakyReLU', [4, 4, 1], () => images(layers.leakyReLU({ alpha: 0.2 }))],
  ['prelu', [4, 4, 1], () => images(layers.prelu({ alphaInitializer: 'ones' }))],
  ['elu', [4, 4, 1], () => images(layers.elu())],
  ['thresholdedReLU', [4, 4, 1], () => images(layers.thresholdedReLU({ theta: 0.5 }))],
  ['swish', [4, 4, 1], () => images(layers.activation({ activation: 'swish' }))],
  ['gelu', [4, 4, 1], () => images(layers.activation({ activation: 'gelu' }))],
  ['softmax inside', [4], () => rows(layers.softmax())],
  ['batch norm', [4, 4, 1], () => images(layers.batchNormalization(), layers.reLU())],
  ['layer norm', [4], () => rows(layers.layerNormalization(), layers.activation({ activation: 'tanh' }))],
  ['max pooling', [4, 4, 1], () => images(layers.maxPooling2d({ poolSize: 2, strides: 1 }), layers.reLU())],
  [
    'average pooling, same',
    [4, 4, 1],
    () => images(layers.averagePooling2d({ poolSize: 3, strides: 1, padding: 'same' }), layers.reLU()),
  ],
  [
    'depthwise convolution',
    [4, 4, 1],
    () => images(layers.reLU(), layers.depthwiseConv2d({ kernelSize: 2, depthMultiplier: 2 }), layers.reLU()),
  ],
  [
    'transposed convolution',
    [4, 4, 1],
    () => images(layers.conv2dTranspose({ filters: 2, kernelSize: 2 }), layers.reLU()),
  ],
  [
    'lstm',
    [4, 2],
    () =>
      stack(
        [4, 2],
        layers.lstm({ units: 3, recurrentInitializer: 'glorotUniform' }),
        layers.dense({ units: 1 }),
      ),
  ],
  [
    'gru',
    [4, 2],
    () =>
      stack(
        [4, 2],
        layers.gru({ units: 3, recurrentInitializer: 'glorotUniform' }),
        layers.dense({ units: 1 }),
      ),
  ],
  [
    'conv1d',
    [6, 2],
    () =>
      stack(
        [6, 2],
        layers.conv1d({ filters: 2, kernelSize: 3, activation: 'tanh' }),
        layers.flatten(),
        layers.dense({ units: 1 }),
      ),
  ],
  ['addN', [3], () => (at) => tf.addN([tf.relu(at), tf.square(at), tf.exp(at)])],
  ['logSoftmax', [3], () => (at) => tf.mul(tf.logSoftmax(at), tf.tensor2d([[1, -2, 3]]))],
  ['a quotient', [3], () => (at) => tf.div(tf.exp(at), tf.add(2, tf.square(at)))],
  [
    'a maximum and a minimum',
    [3],
    () => (at) => tf.minimum(tf.maximum(at, tf.mul(0.5, tf.sin(at))), tf.cos(at)),
  ],
  ['a power, and a broadcast', [3], () => (at) => tf.pow(tf.add(2, at), tf.mean(at, 1, true))],
  ['attention', [3, 2], () => (at) => tf.matMul(tf.softmax(tf.matMul(at, at, false, true)), at)],
  ['an op under a rule', [3], () => (at) => tf.square(guidedRelu(at))],
  ['a step', [3], () => (at) => tf.mul(tf.cast(tf.greater(at, 0.1), 'float32'), at)],
];

type Net = (at: tf.Tensor) => tf.Tensor;

const rows = (...rest: Layer[]): LayersModel =>
  stack([4], layers.dense({ units: 3 }), ...rest, layers.dense({ units: 1 }));

const images = (...rest: Layer[]): LayersModel =>
  stack(
    [4, 4, 1],
    convolution(
      [
        [1, -1],
        [2, 0.5],
      ],
      { name: 'first' },
    ),
    ...rest,
    layers.flatten(),
    layers.dense({ units: 1 }),
  );

describe('the contributions of deepLift', () => {
  it.each(thinned(NETWORKS, 3))('sum to the change of the score: %s', async (_, shape, make) => {
    const made = make();
    const model = typeof made === 'function' ? (at: tf.Tensor) => tf.sum(made(at), undefined, false) : made;
    if (typeof made !== 'function') {
      for (const [i, weight] of made.weights.entries()) {
        const values = numbers(weight.shape as number[], i);
        weight.write(weight.name.includes('variance') ? tf.add(tf.square(values), 0.5) : values);
      }
    }
    const of = typeof made === 'function' ? shape : (made.inputs[0]!.shape.slice(1) as number[]);
    const at = numbers([1, ...of], 3);
    const baseline = numbers([1, ...of], 8);
    const options: DeepLiftOptions = { baseline, target: (y: tf.Tensor) => tf.sum(y) };
    const { map, value, gap } = await explain(deepLift, model, at, options);
    const before = await explain(deepLift, model, baseline, { baseline: at, target: options.target! });
    const [here, there] = [(await value.data())[0]!, (await before.value.data())[0]!];
    const total = [...(await map.data())].reduce((sum, one) => sum + one, 0);
    expect(Math.abs(here - there)).toBeGreaterThan(1e-3);
    expect(total).toBeCloseTo(here - there, 4);
    expect(Number(gap)).toBeCloseTo(0, 4);
    // the same the other way round, with the other sign
    await close(
      tf.add(map, before.map),
      [...(await map.data())].map(() => 0),
      3,
    );
    for (const one of [map, value, before.map, before.value]) one.dispose();
  });

  it.each([1, 10, 30, 60, 100, 300])('sum to it through a softmax whose logits move by %d', async (by) => {
    // y = exp(l): contributions by hand in double precision, from the softmax's logarithm l = x − log Σe
    const at = [by, 0.5, -0.25];
    const from = [0.25, 0.75, by / 2];
    const weights = [1, -2, 3];
    const logs = (x: readonly number[]) => {
      const largest = Math.max(...x);
      const sum = largest + Math.log(x.reduce((total, one) => total + Math.exp(one - largest), 0));
      return { sum, each: x.map((one) => one - sum) };
    };
    const [here, there] = [logs(at), logs(from)];
    const secant = (f: (x: number) => number, a: number, b: number) => (f(a) - f(b)) / (a - b);
    const toLogs = weights.map((w, i) => w * secant(Math.exp, here.each[i]!, there.each[i]!));
    const arriving = toLogs.reduce((total, one) => total + one, 0);
    const scale = Math.max(...at, ...from);
    const e = (x: number) => Math.exp(x - scale);
    const totals = [at, from].map((x) => x.reduce((total, one) => total + e(one), 0)) as [number, number];
    const toTotal = (-arriving * (here.sum - there.sum)) / (totals[0] - totals[1]);
    const expected = at.map((one, i) => toLogs[i]! * (one - from[i]!) + toTotal * (e(one) - e(from[i]!)));
    const model = (logits: tf.Tensor) => tf.mul(tf.softmax(logits), tf.tensor2d([weights]));
    const options = { target: (y: tf.Tensor) => tf.sum(y), baseline: tf.tensor2d([from]) };
    const { map, value, gap } = await explain(deepLift, model, tf.tensor2d([at]), options);
    expect(Number(gap)).toBeCloseTo(0, 4);
    await close(map, expected);
    value.dispose();
  });

  it('sum to it in a graph, with its batch norm as a product and a sum', async () => {
    const graph = tinyGraph(
      {
        x: input([null, 3]),
        w: constant([1, -2, 3, 0.5, 1, 1], [3, 2]),
        b: constant([0.5, -1]),
        m: op('MatMul', ['x', 'w'], { transpose_a: false, transpose_b: false }),
        times: op('Mul', ['m', 'b']),
        plus: op('AddV2', ['times', 'b']),
        y: op('Relu6', ['plus']),
      },
      ['y'],
    );
    const at = tf.tensor2d([[1, 2, -1]]);
    // m = [6, −2], y = relu6([3.5, 1]); from 0: relu6([0.5, −1]) = [0.5, 0]: multipliers 1 and 1/2
    const first = [0.5 * 1, 0.5 * 6, 0.5 * -1];
    const second = [-0.5 * -2, -0.5 * 1, -0.5 * -1];
    await close(
      deepLift(graph, at, { target: { layer: 'y' } }),
      first.map((one, i) => one + second[i]!),
    );
  });
});

describe('errors of deepLift', () => {
  const explained = (
    options: object,
    model: Parameters<typeof deepLift>[0] = twoLayers(),
    at: tf.Tensor | tf.Tensor[] = x,
  ) => messageOf(() => deepLift(model, at as tf.Tensor, options));

  it('name what is wrong, and what to do', () => {
    expect(explained({ baseline: 'zero' })).toBe(
      'TypeError: deepLift: expected baseline to be a number or a tensor, got "zero"',
    );
    expect(explained({ baseline: NaN })).toBe(
      'TypeError: deepLift: expected baseline to be a number or a tensor, got NaN',
    );
    expect(explained({ baseline: tf.zeros([2, 2]) })).toBe(
      'RangeError: deepLift: expected baseline to have the shape of x, [1, 2], or of one sample, [2], got [2, 2]',
    );
    expect(explained({ baseline: [0, 0] })).toBe(
      'RangeError: deepLift: expected baseline to be one, got a list of 2; explain from each, and take the mean of the ' +
        'maps',
    );
    expect(explained({ baseline: Promise.resolve(x) })).toBe(
      'TypeError: deepLift: expected baseline to be a number or a tensor, got a promise; await it first',
    );
    const disposed = tf.zeros([1, 2]);
    disposed.dispose();
    expect(explained({ baseline: disposed })).toBe(
      'Error: deepLift: expected baseline to be a tensor in use, got a disposed one',
    );
    const difference = (given: { a: tf.Tensor; b: tf.Tensor }) => tf.sub(given.a, given.b);
    const named = (baseline: NonNullable<DeepLiftOptions['baseline']>) =>
      messageOf(() => deepLift(difference, { a: x, b: x }, { target: 0, baseline }));
    expect(named({ a: 0 })).toBe(
      'RangeError: deepLift: expected baseline to name the inputs "a", "b", got "a"',
    );
    expect(named({ a: 0, c: 0 })).toBe(
      'RangeError: deepLift: expected baseline to name the inputs "a", "b", got "a", "c"',
    );
    expect(named([0])).toBe('RangeError: deepLift: expected a baseline for each of the 2 inputs, got 1');
    expect(explained({ baselines: 0 })).toBe(
      'TypeError: deepLift: no option "baselines"; did you mean "baseline"?',
    );
    const product = (at: tf.Tensor) => tf.prod(at, 1);
    expect(explained({ target: (y: tf.Tensor) => y }, product)).toBe(
      'Error: deepLift: kernel Prod has no multipliers: it is neither linear, element by element, a product nor a ' +
        'choice of the largest; explain a function that ends before it, or one of what it gives',
    );
    const words = inputOf({ shape: [2], dtype: 'int32' });
    const vectors = layers.embedding({ inputDim: 3, outputDim: 1, name: 'e' }).apply(words) as SymbolicTensor;
    const text = modelOf({ inputs: words, outputs: layers.flatten().apply(vectors) as SymbolicTensor });
    const ids = tf.tensor2d([[2, 1]], [1, 2], 'int32');
    expect(explained({ wrt: 'e', target: 0 }, text, ids)).toBe(
      'RangeError: deepLift: expected baseline to be a tensor for an x of integers, got 0; give e.g. a text of ' +
        'padding alone, tf.zerosLike(x)',
    );
    const numbers = inputOf({ shape: [2] });
    const read = layers.embedding({ inputDim: 3, outputDim: 1, name: 'r' }).apply(numbers) as SymbolicTensor;
    const texts = modelOf({ inputs: numbers, outputs: layers.flatten().apply(read) as SymbolicTensor });
    expect(explained({ target: 0 }, texts)).toBe(
      'Error: deepLift: kernel GatherV2 in layer "r" has no multipliers: it is neither linear, element by element, a ' +
        'product nor a choice of the largest; explain a layer before it as target, or one behind it as wrt',
    );
    let runs = 0;
    const fickle = (at: tf.Tensor) => (runs++ % 2 === 0 ? tf.sum(tf.relu(at)) : tf.sum(tf.exp(at)));
    expect(explained({ target: (y: tf.Tensor) => y }, fickle)).toBe(
      'Error: deepLift: kernel Relu does not run alike on the baseline; what the model computes must not depend on ' +
        'the values',
    );
  });

  it('leave no tensor behind', () => {
    const model = twoLayers();
    const product = (at: tf.Tensor) => tf.prod(at, 1);
    for (const run of [
      () => explained({ baseline: 'zero' }, model),
      () => explained({ target: (y: tf.Tensor) => y }, product),
    ]) {
      expect(leftBehind(run)).toEqual(onlyResults(0));
    }
    const results: tf.Tensor[] = [];
    expect(leftBehind(() => results.push(deepLift(model, x)))).toEqual(onlyResults(1));
    for (const result of results) result.dispose();
  });
});
