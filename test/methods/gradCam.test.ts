import {
  add,
  memory,
  randomUniform,
  reshape,
  slice,
  tensor,
  transpose,
  type Tensor,
} from '@tensorflow/tfjs-core';
import { input, layers, model as functional } from '@tensorflow/tfjs-layers';
import type { LayersModel, SymbolicTensor } from '@tensorflow/tfjs-layers';
import { explain, gradCam, guided, guidedBackprop, layersOf, prepare, smoothGrad } from 'guided-saliency';
import type { CamOptions } from 'guided-saliency';
import { describe, expect, it } from 'vitest';
import { expectSame } from '../support/expectSame';
import { leftBehind, messageOf, onlyResults } from '../support/leftBehind';
import { chained, network, uniform, weighedCells } from '../support/smallCams';
import { constant, input as placeholder, op, tinyGraph } from '../support/tinyGraph';

let seed = 0;
const conv = (name: string, more: object = {}) =>
  layers.conv2d({ name, filters: 2, kernelSize: 2, kernelInitializer: uniform(++seed), ...more });
const relu = (name: string) => layers.reLU({ name });
const dense = (units: number, more: object = {}) =>
  layers.dense({ units, kernelInitializer: uniform(++seed), ...more });
const pooling = () => layers.globalAveragePooling2d({});
const image = randomUniform([2, 5, 5, 1], -1, 1, 'float32', 9);

/** Which layer is taken when none is named. */
async function layerOf(model: LayersModel, x: Tensor | Tensor[], options: CamOptions = {}): Promise<unknown> {
  const { map, record } = await explain(gradCam, model, x, options);
  const given: CamOptions = { ...options, ...record.options };
  await expectSame(gradCam(model, x, given), map, 1e-5);
  return record.options.layer;
}

describe('the layer that gradCam takes when none is named', () => {
  it('is the last whose output has space: behind its batch norm and activation', async () => {
    const model = network(
      [5, 5, 1],
      conv('c1'),
      conv('c2'),
      layers.batchNormalization({ name: 'bn' }),
      relu('r'),
      pooling(),
      dense(3, { activation: 'softmax' }),
    );
    expect(await layerOf(model, image, { signed: true })).toBe('r');
    expect(await layerOf(model, image, { signed: true, target: { layer: 'c2', channel: 1 } })).toBe('c1');
    const prepared = prepare(model);
    await expectSame(
      gradCam(prepared, image, { signed: true }),
      gradCam(model, image, { signed: true }),
      1e-5,
    );
    prepared.dispose();
  });

  it('is the pooling of a network that flattens', async () => {
    const pool = layers.maxPooling2d({ name: 'p', poolSize: 2 });
    const model = network([5, 5, 1], conv('c'), pool, layers.flatten(), dense(2));
    expect(await layerOf(model, image, { signed: true })).toBe('p');
  });

  it('is not the last convolution, where that makes the logits', async () => {
    const model = network(
      [5, 5, 1],
      conv('c', { activation: 'relu' }),
      pooling(),
      layers.reshape({ targetShape: [1, 1, 2] }),
      layers.conv2d({ name: 'logits', filters: 3, kernelSize: 1, kernelInitializer: uniform(3) }),
      layers.flatten(),
      layers.activation({ activation: 'softmax' }),
    );
    expect(await layerOf(model, image, { signed: true })).toBe('c');
  });

  it('is what several branches come together in', async () => {
    const x = input({ shape: [5, 5, 1] });
    const branches = ['b1', 'b2'].map((name) => chained(x, conv(name, { activation: 'relu' })));
    for (const [name, merge] of Object.entries({ cat: layers.concatenate, sum: layers.add })) {
      const merged = merge({ name }).apply(branches) as SymbolicTensor;
      const model = functional({ inputs: x, outputs: chained(merged, pooling(), dense(2)) });
      expect(await layerOf(model, image, { signed: true })).toBe(name);
    }
  });

  it('is on the way to the output that is explained', async () => {
    const x = input({ shape: [5, 5, 1] });
    const shared = chained(x, conv('c'));
    const first = chained(shared, conv('left'), pooling(), dense(2, { name: 'first' }));
    const second = chained(shared, pooling(), dense(2, { name: 'second' }));
    const model = functional({ inputs: x, outputs: [first, second] });
    const of = (output: string) => ({ signed: true, target: { output, class: 0 } });
    expect(await layerOf(model, image, of('first'))).toBe('left');
    expect(await layerOf(model, image, of('second'))).toBe('c');
    const target = ([a, b]: Tensor[]) => slice(add(a!, b!), [0, 0], [-1, 1]);
    const { record } = await explain(gradCam, model, image, { target });
    expect(record.options.layer).toBe('left');
  });

  it('is before the score, and before what the score is an activation of', async () => {
    const model = network(
      [5, 5, 1],
      conv('c'),
      conv('scores'),
      layers.activation({ name: 'classes', activation: 'sigmoid' }),
    );
    const target = (y: Tensor) => slice(y, [0, 1, 1, 0], [-1, 1, 1, 1]);
    const { record } = await explain(gradCam, model, image, { target });
    expect(record.options.layer).toBe('c');
    for (const layer of ['scores', 'classes']) {
      expect(await layerOf(model, image, { signed: true, target: { layer, channel: 1 } })).toBe('c');
    }
  });

  it('is named by its path in a nested model, by its call in one that is called twice', async () => {
    const inner = network([5, 5, 1], conv('deep'), relu('r'));
    inner.name = 'inner';
    const model = network([5, 5, 1], inner, pooling(), dense(2));
    expect(await layerOf(model, image, { signed: true })).toEqual(['inner', 'r']);

    const xs = [input({ shape: [5, 5, 1] }), input({ shape: [5, 5, 1] })];
    const both = xs.map((x) => chained(x, inner, layers.globalMaxPooling2d({})));
    const joined = layers.concatenate().apply(both) as SymbolicTensor;
    const twice = functional({ inputs: xs, outputs: chained(joined, dense(2)) });
    const other = randomUniform([2, 5, 5, 1], -1, 1, 'float32', 8);
    const layer = await layerOf(twice, [image, other], { signed: true });
    expect(layer).toEqual({ layer: ['inner', 'r'], node: [1, 0] });
  });

  it('is found where the model does not say its sizes', async () => {
    const model = network([null as never, null as never, 1], conv('c'), relu('r'), pooling(), dense(2));
    expect(await layerOf(model, image, { signed: true })).toBe('r');
    const shrinking = network(
      [null as never, null as never, 1],
      conv('c'),
      layers.maxPooling2d({ name: 'p', poolSize: 4 }),
      pooling(),
      dense(2),
    );
    expect(await layerOf(shrinking, image, { signed: true })).toBe('c'); // p has one cell of this image
    const larger = randomUniform([1, 9, 9, 1], -1, 1, 'float32', 8);
    expect(await layerOf(shrinking, larger, { signed: true })).toBe('p');
  });

  it('does not run a graph again that it has seen', () => {
    const model = graph();
    let runs = 0;
    const execute = model.execute.bind(model);
    model.execute = (...given) => {
      runs++;
      return execute(...given);
    };
    gradCam(model, image, { target: 0 });
    const first = runs;
    gradCam(model, image, { target: 0 });
    expect(runs - first).toBeLessThan(first);
  });

  it('is refused where no output has space', () => {
    const model = network([3], dense(2, { activation: 'relu' }), dense(2));
    expect(messageOf(() => gradCam(model, tensor([[1, 2, 3]])))).toBe(
      'RangeError: gradCam: found no layer before the target whose output has space, [batch, ..., channels] with ' +
        'more than one cell; say which one is to be looked at with layer',
    );
  });
});

/** conv -> relu -> mean over space -> two scores, softmax. */
function graph(perm?: readonly number[]) {
  const body = perm
    ? {
        turned: op('Transpose', ['c', 'perm']),
        perm: constant(perm, [4], 'int32'),
        r: op('Relu', ['turned']),
        axes: constant([2, 3], [2], 'int32'),
      }
    : { r: op('Relu', ['c']), axes: constant([1, 2], [2], 'int32') };
  return tinyGraph(
    {
      x: placeholder([null, 5, 5, 1]),
      w: constant([1, -1, 2, 0.5, -0.5, 1, 0.25, 2], [2, 2, 1, 2]),
      c: op('Conv2D', ['x', 'w'], {
        strides: [1, 1, 1, 1],
        dilations: [1, 1, 1, 1],
        padding: 'VALID',
        data_format: 'NHWC',
      }),
      ...body,
      mean: op('Mean', ['r', 'axes'], { keep_dims: false }),
      v: constant([1, -2, 3, 0.5], [2, 2]),
      logits: op('MatMul', ['mean', 'v']),
      y: op('Softmax', ['logits']),
    },
    ['y'],
  );
}

describe('gradCam', () => {
  it('takes a GraphModel, and a prepared one, by its nodes', async () => {
    const model = graph();
    const { map, record } = await explain(gradCam, model, image, { target: 0 });
    expect(record.options.layer).toBe('r');
    expect(map.shape).toEqual([2, 4, 4]);
    const { at } = await explain(guidedBackprop, model, image, { target: 0, at: ['r'] });
    // behind a mean each gradient is the weight over 16 cells: 1 and 3
    const y = await at![0]!.y.data();
    const wanted = Array.from({ length: 32 }, (_, i) => (y[2 * i]! + 3 * y[2 * i + 1]!) / 16);
    await expectSame(map, tensor(wanted, [2, 4, 4]), 1e-5);
    const prepared = prepare(model);
    await expectSame(gradCam(prepared, image, { target: 0 }), map, 1e-5);
    const ofGuided = { target: 0, layer: 'c', rule: guided };
    await expectSame(gradCam(prepared, image, ofGuided), gradCam(model, image, ofGuided), 1e-5);
    prepared.dispose();
  });

  it('sees that a graph has transposed its channels to the front', async () => {
    const model = graph([0, 3, 1, 2]);
    const { map, record } = await explain(gradCam, model, image, { target: 0 });
    expect(record.options.layer).toBe('r');
    await expectSame(map, gradCam(graph(), image, { target: 0 }), 1e-5);
  });

  it('finds the channels in front where the layers before have them there', async () => {
    const first = { dataFormat: 'channelsFirst' } as const;
    const body = (format: object) => [
      layers.conv2d({ name: 'c', filters: 2, kernelSize: 2, kernelInitializer: uniform(1), ...format }),
      layers.activation({ name: 't', activation: 'tanh' }),
      relu('r'),
      layers.globalAveragePooling2d(format),
      layers.dense({ units: 2, kernelInitializer: uniform(2) }),
    ];
    const front = network([1, 4, 5], ...body(first));
    const back = network([4, 5, 1], ...body({}));
    const x = randomUniform([2, 1, 4, 5], -1, 1, 'float32', 7);
    const options = { target: 1, signed: true };
    const { map, record } = await explain(gradCam, front, x, options);
    expect(record.options.layer).toBe('r');
    expect(map.shape).toEqual([2, 3, 4]);
    await expectSame(map, gradCam(back, transpose(x, [0, 2, 3, 1]), options), 1e-5);
    for (const layer of ['c', 't']) {
      expect(gradCam(front, x, { ...options, layer }).shape).toEqual([2, 3, 4]);
    }
    // a batch norm over axis 1 has them there, and a permutation moves them
    const small = network(
      [4, 5, 1],
      layers.permute({ dims: [3, 1, 2] }),
      layers.maxPooling2d({ poolSize: [4, 5], ...first }),
      relu('q'),
      layers.batchNormalization({ axis: 1 }),
    );
    expect(layersOf(small).map(({ spatial }) => spatial)).toEqual([true, false, false, false]);
  });

  it('turns tokens into a map with reshape', async () => {
    // an image of 4 x 6 in patches of 2 x 2: 6 tokens, to which a first one is added
    const x = input({ shape: [4, 6, 1] });
    const patches = chained(
      x,
      layers.conv2d({
        name: 'patches',
        filters: 3,
        kernelSize: 2,
        strides: 2,
        kernelInitializer: uniform(1),
      }),
      layers.reshape({ name: 'tokens', targetShape: [6, 3] }),
      layers.dense({ name: 'mixed', units: 3, activation: 'tanh', kernelInitializer: uniform(2) }),
    );
    const extra = layers.zeroPadding2d({
      padding: [
        [1, 0],
        [0, 0],
      ],
    });
    const framed = chained(patches, layers.reshape({ targetShape: [6, 1, 3] }), extra);
    const tokens = chained(framed, layers.reshape({ name: 'encoder', targetShape: [7, 3] }));
    const scores = chained(tokens, layers.flatten(), dense(2));
    const model = functional({ inputs: x, outputs: scores });
    const picture = randomUniform([2, 4, 6, 1], -1, 1, 'float32', 5);
    const options = { target: 1, signed: true } as const;
    const whole =
      'RangeError: gradCam: expected reshape for "encoder", whose [2, 7, 3] are tokens of an image; give e.g. ' +
      '(y) => tf.reshape(y, [-1, height, width, 3]), or (y) => y to keep them in a row';
    expect(messageOf(() => gradCam(model, picture, options))).toBe(whole);
    const asMap = (y: Tensor) => reshape(slice(y, [0, 1, 0], [-1, 6, -1]), [-1, 2, 3, 3]);
    const { map, record } = await explain(gradCam, model, picture, { ...options, reshape: asMap });
    expect(map.shape).toEqual([2, 2, 3]);
    expect(record.options.layer).toBe('encoder');
    expect(record.options.reshape).toBe('a function, "asMap"; give it again');
    const ofTokens = gradCam(model, picture, { ...options, layer: 'mixed', reshape: (y) => y });
    expect(ofTokens.shape).toEqual([2, 6]);
    await expectSame(reshape(map, [2, 6]), ofTokens, 1e-5); // the class token dropped from mean and map
  });

  it('keeps the cells of a signal, and of a text, in their row', async () => {
    const signal = network(
      [8, 2],
      layers.conv1d({ name: 'c', filters: 3, kernelSize: 3, kernelInitializer: uniform(1) }),
      layers.globalAveragePooling1d({}),
      dense(2),
    );
    const { map, record } = await explain(gradCam, signal, randomUniform([2, 8, 2]), {});
    expect([map.shape, record.options.layer]).toEqual([[2, 6], 'c']);
    const text = network(
      [5],
      layers.embedding({ name: 'e', inputDim: 4, outputDim: 3 }),
      layers.simpleRNN({ name: 'rnn', units: 2, returnSequences: true, recurrentInitializer: uniform(3) }),
      layers.flatten(),
      dense(2),
    );
    const words = tensor([[1, 2, 3, 0, 1]], [1, 5], 'int32');
    expect(gradCam(text, words, { target: 0 }).shape).toEqual([1, 5]);
    expect(gradCam(text, words, { target: 0, layer: 'e' }).shape).toEqual([1, 5]);
  });

  it('explains each sample as if alone, and in chunks', async () => {
    const model = network([5, 5, 1], conv('c', { activation: 'relu' }), layers.flatten(), dense(3));
    const options = { target: [0, 2], signed: true };
    const map = gradCam(model, image, options);
    await expectSame(gradCam(model, image, { ...options, batchSize: 1 }), map, 1e-5);
    for (const [i, target] of options.target.entries()) {
      const alone = gradCam(model, slice(image, [i, 0, 0, 0], [1, 5, 5, 1]), { target, signed: true });
      await expectSame(alone, slice(map, [i, 0, 0], [1, 4, 4]), 1e-5);
    }
  });

  it('follows target, score and rule', async () => {
    const model = network(
      [5, 5, 1],
      conv('c', { activation: 'relu' }),
      layers.flatten(),
      dense(4, { activation: 'relu' }),
      dense(2, { activation: 'softmax' }),
    );
    const of = (options: CamOptions) => gradCam(model, image, { signed: true, layer: 'c', ...options });
    const base = of({ target: 0 });
    for (const options of [
      { target: 1 },
      { target: 0, score: 'probability' },
      { target: 0, rule: guided },
    ] as const) {
      await expect(expectSame(of(options), base, 1e-3)).rejects.toThrow();
    }
  });

  it('gives what explain is to look at beside the map, also before the layer', async () => {
    const model = network([5, 5, 1], conv('c1'), conv('c2'), pooling(), dense(2));
    const { map, at } = await explain(gradCam, model, image, { target: 0, signed: true, at: ['c1', 'c2'] });
    expect(map.shape).toEqual([2, 3, 3]);
    expect(at!.map(({ y }) => y.shape)).toEqual([
      [2, 4, 4, 2],
      [2, 3, 3, 2],
    ]);
  });

  it('may be what smoothGrad takes the mean of', async () => {
    const model = network([5, 5, 1], conv('c', { activation: 'relu' }), layers.flatten(), dense(3));
    const options = { method: gradCam, samples: 1, noise: 0, target: 1, signed: true };
    const map: Tensor = await smoothGrad(model, image, options);
    await expectSame(map, gradCam(model, image, { target: 1, signed: true }), 1e-5);
  });

  it('leaves nothing behind, also when it looks for the layer in a run', () => {
    const model = graph();
    expect(leftBehind(() => gradCam(model, image))).toEqual(onlyResults(1));
    const before = memory().numTensors;
    messageOf(() => gradCam(model, image, { layer: 'mean' }));
    expect(memory().numTensors).toBe(before);
  });
});

describe('gradCam refuses', () => {
  const { model, x } = weighedCells();
  const names = model.layers.map(({ name }) => `"${name}"`).join(', ');

  const named = 'expected layer to be a name, a path of names or { layer, node, output }, got';
  it.each<[object, string]>([
    [{ layer: 3 }, `TypeError: gradCam: ${named} a number`],
    [{ layer: [3] }, `TypeError: gradCam: ${named} a list with a number`],
    [{ layer: { name: 'a' } }, `TypeError: gradCam: ${named} an object of class Object`],
    [{ layer: 'b' }, `RangeError: gradCam: no layer "b"; the model has ${names}`],
    [{ signed: 1 }, 'TypeError: gradCam: expected signed to be true or false, got a number'],
    [
      { reshape: [2] },
      'TypeError: gradCam: expected reshape to be a function of a tensor, got a list with a number',
    ],
    [{ reshape: () => 3 }, 'TypeError: gradCam: expected reshape to return a tensor, got a number'],
    [{ reshape: async () => Promise.resolve(x) }, 'TypeError: gradCam: reshape must not be async'],
    [
      { reshape: (y: Tensor) => reshape(y, [2, 2, 2]) },
      'RangeError: gradCam: expected reshape to return [1, ..., channels], got a tensor of shape [2, 2, 2] for ' +
        'one of [1, 2, 2, 2]',
    ],
    [
      { layer: 'scores' },
      'RangeError: gradCam: expected a layer whose output has space, [batch, ..., channels], got "scores" with ' +
        '[1, 2]; choose another layer, or leave it out',
    ],
    [
      { layer: 'scores', target: { layer: 'a' } },
      'Error: gradCam: the target does not depend on the output of "scores", so there is nothing to explain; ' +
        'choose another target or another layer',
    ],
    [
      { wrt: 'a' },
      'TypeError: gradCam: no option "wrt"; the options are "target", "score", "from", "batchSize", "rule", "layer", "signed", "reshape"',
    ],
    [{ lyer: 'a' }, 'TypeError: gradCam: no option "lyer"; did you mean "layer"?'],
    [
      { target: 'a' },
      'TypeError: gradCam: expected target to be a class, a list of classes, { output, class }, { class, at }, { layer }, ' +
        '{ layer, channel }, { layer, unit } or a function of the outputs, got "a"; ' +
        'a class is a number, e.g. labels.indexOf("cat") in the list of your labels',
    ],
    [
      { batchSize: 0 },
      'RangeError: gradCam: expected batchSize to be a whole number of samples above 0, got 0',
    ],
  ])('%#', (options, message) => {
    expect(messageOf(() => gradCam(model, x, options as CamOptions))).toBe(message);
  });

  it('a function, which has no layers', () => {
    const message =
      'expected model to be a LayersModel, a GraphModel or a prepared model, got a function, which has no layers ' +
      'to be looked at; give the model that it calls, or explain the function with saliency';
    const f = (x: Tensor) => model.predict(x) as Tensor;
    expect(messageOf(() => gradCam(f, x))).toBe(`TypeError: gradCam: ${message}`);
    expect(messageOf(() => gradCam(f, x, { layer: 'a' }))).toBe(`TypeError: gradCam: ${message}`);
    expect(messageOf(() => gradCam(null as never, x))).toBe(
      'TypeError: gradCam: expected model to be a LayersModel, a GraphModel, a prepared model or a function, got null',
    );
  });
});
