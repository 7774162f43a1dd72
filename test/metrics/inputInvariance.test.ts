import { getBackend, memory, tensor, zeros, type Tensor } from '@tensorflow/tfjs-core';
import { input, layers, model as functional } from '@tensorflow/tfjs-layers';
import type { LayersModel, SymbolicTensor } from '@tensorflow/tfjs-layers';
import { guidedBackprop, inputXGradient, integratedGradients, prepare, saliency } from 'guided-saliency';
import { inputInvariance } from 'guided-saliency/metrics';
import { describe, expect, it } from 'vitest';
import { constant, input as placeholder, op, tinyGraph, type TinyGraph } from '../support/tinyGraph';
import { tracedGraph } from '../support/tracedGraph';
import { loadNsfwModel } from '../support/nsfwjs';
import { rejection } from '../support/rejection';
import { stepsOf } from '../support/stepsOf';
import { chained, network, uniform } from '../support/smallCams';
import { dense, stack } from '../support/tinyLayers';

const wrong = <T>(value: unknown) => value as T;
const x = tensor([1, 2, 3, 4], [1, 4]);
const linear = () => stack([4], dense([[4], [-3], [2], [1]], { name: 'scores' }));
const photo = (samples = 1) =>
  tensor(
    Float32Array.from({ length: samples * 72 }, (_, i) => Math.sin(i * i)),
    [samples, 6, 6, 2],
  );
const scores = () => [
  layers.flatten({ name: 'flat' }),
  layers.dense({ name: 'scores', units: 3, kernelInitializer: uniform(3) }),
];

/** The layers that the input may go into first. */
const firsts: Record<string, () => LayersModel> = {
  'a dense layer with a bias': () =>
    network(
      [6, 6, 2],
      layers.flatten(),
      layers.dense({
        name: 'a',
        units: 4,
        activation: 'relu',
        kernelInitializer: uniform(1),
        biasInitializer: uniform(2),
      }),
      layers.dense({ units: 3, kernelInitializer: uniform(3) }),
    ),
  'a convolution, valid': () => network([6, 6, 2], conv({ padding: 'valid', useBias: false }), ...scores()),
  'a convolution, same, with strides': () =>
    network([6, 6, 2], conv({ padding: 'same', strides: 2 }), ...scores()),
  'a convolution, same, dilated': () =>
    network([6, 6, 2], conv({ padding: 'same', dilationRate: 2, biasInitializer: uniform(2) }), ...scores()),
  'a depthwise convolution': () =>
    network(
      [6, 6, 2],
      layers.depthwiseConv2d({
        name: 'a',
        kernelSize: 3,
        depthMultiplier: 2,
        padding: 'same',
        activation: 'relu',
        depthwiseInitializer: uniform(1),
      }),
      ...scores(),
    ),
  'padding before a convolution': () =>
    network(
      [6, 6, 2],
      layers.zeroPadding2d({
        padding: [
          [0, 1],
          [2, 1],
        ],
      }),
      layers.maxPooling2d({ poolSize: 2, strides: 1 }),
      conv({ padding: 'valid' }),
      ...scores(),
    ),
  'values that are scaled before padding': () =>
    network(
      [6, 6, 2],
      layers.rescaling({ scale: -0.5, offset: 3 }),
      layers.zeroPadding2d({ padding: 1 }),
      conv({ padding: 'same' }),
      ...scores(),
    ),
  'a convolution of a signal': () =>
    network(
      [6, 6, 2],
      layers.reshape({ targetShape: [36, 2] }),
      layers.conv1d({
        name: 'a',
        filters: 3,
        kernelSize: 3,
        padding: 'same',
        activation: 'relu',
        kernelInitializer: uniform(1),
      }),
      ...scores(),
    ),
  'a nested model': () => network([6, 6, 2], network([6, 6, 2], conv({ padding: 'same' })), ...scores()),
};
const conv = (args: object) =>
  layers.conv2d({
    name: 'a',
    filters: 3,
    kernelSize: 3,
    activation: 'relu',
    kernelInitializer: uniform(1),
    ...args,
  });

describe('inputInvariance', () => {
  it('goes by hand: x times the weights is as far off as the shift, the gradient not at all', async () => {
    // w = (4, −3, 2, 1), x = (1, 2, 3, 4): the map (4, −6, 6, 4) becomes ((x + 10) · w), off by 10 w
    const found = await inputInvariance(inputXGradient, linear(), x, { shift: 10 });
    const [{ difference, values, similarities }] = found.samples as [(typeof found.samples)[0]];
    expect(difference).toBeCloseTo((10 * Math.sqrt(30)) / Math.sqrt(104), 5);
    expect([found.metric, found.layer, found.record.method]).toEqual([
      'inputInvariance',
      'scores',
      'inputXGradient',
    ]);
    expect(values[0]).toBeCloseTo(8, 4);
    expect(values[1]).toBeCloseTo(8, 4);
    expect(similarities.cosine).toBeCloseTo(604 / Math.sqrt(104 * 4104), 5);
    const same = await inputInvariance(saliency, linear(), x, { shift: 10 });
    expect(same.samples[0]!.difference).toBe(0);
    expect(same.samples[0]!.similarities.cosine).toBeCloseTo(1, 6);
  });

  it.each(Object.entries(firsts))('takes the shift back in %s', async (_, make) => {
    const model = make();
    const given = photo(2);
    for (const method of [saliency, guidedBackprop]) {
      const { samples, layer } = await inputInvariance(method, model, given, { shift: -2 });
      expect([layer].flat().pop()).toBe('a');
      expect(samples).toHaveLength(2);
      for (const { values, difference } of samples) {
        expect(Math.abs((values[1] as number) - (values[0] as number))).toBeLessThan(1e-4);
        expect(difference).toBeLessThan(1e-4);
      }
    }
    const changed = await inputInvariance(inputXGradient, model, given, { shift: -2 });
    expect(changed.samples[0]!.difference).toBeGreaterThan(0.1);
  });

  it('shifts by the whole range downwards, and tells a baseline that is not shifted', async () => {
    const found = await inputInvariance(integratedGradients, linear(), x);
    expect(found.options).toEqual({
      shift: -3,
      similarities: ['spearman', 'spearmanAbsolute', 'pearson', 'cosine'],
    });
    // (x − 0) · w against (x − 3 − 0) · w
    expect(found.samples[0]!.difference).toBeCloseTo((3 * Math.sqrt(30)) / Math.sqrt(104), 3);
    const flat = await inputInvariance(saliency, linear(), zeros([1, 4]));
    expect(flat.options['shift']).toBe(-1);
  });

  it('leaves the model as it is, and takes a prepared one', async () => {
    const model = linear();
    const weights = model.getWeights().map((weight) => [...weight.dataSync()]);
    const prepared = prepare(model);
    const before = memory().numTensors;
    const { samples } = await inputInvariance(saliency, prepared, x);
    expect(samples[0]!.difference).toBe(0);
    expect(memory().numTensors).toBe(before);
    expect(model.getWeights().map((weight) => [...weight.dataSync()])).toEqual(weights);
    prepared.dispose();
  });

  it('tells how far it is, stops when asked to, and leaves no tensor', async () => {
    const model = linear();
    const steps = await stepsOf((held) => inputInvariance(saliency, model, x, held));
    expect(steps).toEqual([
      [1, 2],
      [2, 2],
    ]);
  });

  it.each<[string, object]>([
    ['RangeError: inputInvariance: expected shift to be a number other than 0, got 0', { shift: 0 }],
    [
      'RangeError: inputInvariance: expected each of similarities to be one of "spearman", "spearmanAbsolute", ' +
        '"pearson", "cosine", "ssim", "hog", got "near"',
      { similarities: ['near'] },
    ],
    ['TypeError: inputInvariance: no option "shfit"; did you mean "shift"?', { shfit: 1 }],
  ])('%s', async (message, options) => {
    expect(await rejection(() => inputInvariance(saliency, linear(), x, wrong(options)))).toBe(message);
  });

  it('refuses what cannot take a shift back', async () => {
    const of = (model: unknown, at: Tensor = photo()) =>
      rejection(() => inputInvariance(saliency, model as LayersModel, at));
    expect(await of((y: Tensor) => y)).toBe(
      'TypeError: inputInvariance: expected model to be a LayersModel or a GraphModel, got a function; ' +
        'the weights of a function cannot be reached',
    );
    const norm = network([6, 6, 2], layers.batchNormalization({ name: 'bn' }), conv({}), ...scores());
    expect(await of(norm)).toBe(
      'RangeError: inputInvariance: expected the first layer with weights to be one of "Dense", "Conv1D", ' +
        '"Conv2D", "Conv3D", "DepthwiseConv2D", with nothing before it that does more than move values, add to them or ' +
        'scale all alike, got "bn" ' +
        '(BatchNormalization), through which a shift cannot be taken back',
    );
    const two = input({ shape: [6, 6, 2] });
    const branches = ['one', 'other'].map((name) => conv({ name }).apply(two) as SymbolicTensor);
    const split = functional({
      inputs: two,
      outputs: chained(layers.add().apply(branches) as SymbolicTensor, ...scores()),
    });
    expect(await of(split)).toBe(
      'RangeError: inputInvariance: expected a model whose input goes into one layer, got one where it goes ' +
        'into "one", "other"; the bias of one cannot take a shift back for all',
    );
    const square = dense(
      [
        [1, 2],
        [3, 4],
      ],
      { name: 'again' },
    );
    const once = input({ shape: [2] });
    const twice = functional({ inputs: once, outputs: square.apply(square.apply(once)) as SymbolicTensor });
    expect(await of(twice, zeros([1, 2]))).toBe(
      'RangeError: inputInvariance: layer "again" is called more than once; its bias cannot take the shift back ' +
        'for one call alone',
    );
    expect(await of(stack([4], layers.dropout({ rate: 0.5 })), x)).toBe(
      'RangeError: inputInvariance: found no layer with weights behind the input, whose bias could take a shift back',
    );
  });
});

type Nodes = Parameters<typeof tinyGraph>[0];

const WINDOW = { strides: [1, 1, 1, 1], dilations: [1, 1, 1, 1], padding: 'VALID', data_format: 'NHWC' };
const waves = (size: number) => Array.from({ length: size }, (_, i) => Math.cos(3 * i + 1));
const filter = constant(waves(54), [3, 3, 2, 3]);
const twoSides = constant([0, 0, 1, 2, 0, 1, 0, 0], [4, 2], 'int32');
const biases = constant([0.5, -1, 2]);

/** What begins a graph on a photo, up to `first`, which is [1, height, width, 3]. */
const beginnings: Record<string, Nodes> = {
  'a convolution and its bias': {
    conv: op('Conv2D', ['x', 'filter'], WINDOW),
    first: op('BiasAdd', ['conv', 'bias']),
  },
  'a convolution and a sum, same': {
    conv: op('Conv2D', ['x', 'filter'], { ...WINDOW, padding: 'SAME', strides: [1, 2, 1, 1] }),
    first: op('AddV2', ['conv', 'bias']),
  },
  'a convolution, padded as it says': {
    conv: op('Conv2D', ['x', 'filter'], {
      ...WINDOW,
      padding: 'EXPLICIT',
      explicit_paddings: [0, 0, 2, 1, 0, 3, 0, 0],
    }),
    first: op('Relu', ['conv']),
  },
  'a convolution, fused': {
    conv: op('_FusedConv2D', ['x', 'filter', 'bias'], {
      ...WINDOW,
      padding: 'SAME',
      num_args: 1,
      fused_ops: ['BiasAdd', 'Relu'],
    }),
    first: op('Identity', ['conv']),
  },
  'a convolution with a PReLU, fused': {
    alpha: constant([0.1, 0.2, 0.3]),
    conv: op('_FusedConv2D', ['x', 'filter', 'bias', 'alpha'], {
      ...WINDOW,
      num_args: 2,
      fused_ops: ['BiasAdd', 'Prelu'],
    }),
    first: op('Identity', ['conv']),
  },
  'padding, a kernel that is handed on, and a norm': {
    sides: twoSides,
    padded: op('Pad', ['x', 'sides']),
    handed: op('Identity', ['filter']),
    conv: op('Conv2D', ['padded', 'handed'], WINDOW),
    first: op('FusedBatchNormV3', ['conv', 'bias', 'bias', 'zeros', 'ones'], {
      epsilon: { float: 0.1 },
      is_training: false,
      data_format: 'NHWC',
    }),
    zeros: constant([0, 0, 0]),
    ones: constant([1, 1, 1]),
  },
  'padding with another number, and a maximum': {
    sides: twoSides,
    number: constant([-0.25], []),
    padded: op('PadV2', ['x', 'sides', 'number']),
    pooled: op('MaxPool', ['padded'], { ...WINDOW, ksize: [1, 2, 2, 1], padding: 'SAME' }),
    conv: op('Conv2D', ['pooled', 'filter'], { ...WINDOW, padding: 'SAME', dilations: [1, 2, 1, 1] }),
    first: op('Relu', ['conv']),
  },
  'values that are scaled and centred before padding': {
    half: constant([0.5], []),
    third: constant([3], []),
    means: constant([1, 2]),
    scaled: op('Mul', ['half', 'x']),
    centred: op('Sub', ['scaled', 'means']),
    turned: op('Sub', ['third', 'centred']),
    again: op('RealDiv', ['turned', 'third']),
    more: op('AddV2', ['means', 'again']),
    sides: twoSides,
    padded: op('Pad', ['more', 'sides']),
    conv: op('Conv2D', ['padded', 'filter'], { ...WINDOW, padding: 'SAME' }),
    first: op('Relu', ['conv']),
  },
  'a depthwise convolution': {
    each: constant(waves(54), [3, 3, 2, 3]),
    conv: op('DepthwiseConv2dNative', ['x', 'each'], { ...WINDOW, padding: 'SAME' }),
    relu: op('Relu', ['conv']),
    last: constant([2], [], 'int32'),
    half: op('Split', ['axis', 'relu'], { num_split: 2 }),
    axis: constant([3], [], 'int32'),
    first: op('Sub', ['half', 'half:1']),
  },
  'rows of a matrix': {
    rows: constant([-1, 12], [2], 'int32'),
    flat: op('Reshape', ['x', 'rows']),
    turned: constant(waves(36), [3, 12]),
    conv: op('MatMul', ['flat', 'turned'], { transpose_a: false, transpose_b: true }),
    relu: op('Relu', ['conv']),
    image: constant([-1, 6, 1, 3], [4], 'int32'),
    first: op('Reshape', ['relu', 'image']),
  },
};
const begun = (beginning: Nodes): TinyGraph =>
  tinyGraph(
    {
      x: placeholder([null, 6, 6, 2]),
      ...{ filter, bias: biases },
      ...beginning,
      axes: constant([1, 2], [2], 'int32'),
      mean: op('Mean', ['first', 'axes'], { keep_dims: false }),
      square: op('Square', ['mean']),
      w: constant([1, 2, -1, 0.5, 3, -2], [3, 2]),
      y: op('MatMul', ['square', 'w']),
    },
    ['y'],
  );
const length = (values: ArrayLike<number>) =>
  Math.sqrt(Array.from(values).reduce((sum, v) => sum + v * v, 0));

describe('inputInvariance of a GraphModel', () => {
  it('goes by hand, as of a LayersModel', async () => {
    const graph = tinyGraph(
      {
        x: placeholder([null, 4]),
        w: constant([4, -3, 2, 1], [4, 1]),
        y: op('MatMul', ['x', 'w']),
      },
      ['y'],
    );
    const found = await inputInvariance(inputXGradient, graph, x, { shift: 10 });
    expect(found.layer).toBe('y');
    expect(found.samples[0]!.difference).toBeCloseTo((10 * Math.sqrt(30)) / Math.sqrt(104), 5);
    expect(found.samples[0]!.values[0]).toBeCloseTo(8, 4);
    expect(found.samples[0]!.values[1]).toBeCloseTo(8, 4);
    expect((await inputInvariance(saliency, graph, x)).samples[0]!.difference).toBe(0);
  });

  it.each(Object.entries(firsts))('is that of the LayersModel: %s', async (_, make) => {
    const model = make();
    const graph = tracedGraph(model);
    const given = photo(2);
    for (const method of [saliency, guidedBackprop, inputXGradient]) {
      const [one, other] = [
        await inputInvariance(method, model, given, { shift: -2 }),
        await inputInvariance(method, graph, given, { shift: -2 }),
      ];
      for (const [i, { values, difference, similarities }] of one.samples.entries()) {
        const there = other.samples[i]!;
        expect(there.difference).toBeCloseTo(difference!, 4);
        expect(there.similarities.cosine).toBeCloseTo(similarities.cosine!, 4);
        [0, 1].forEach((k) => {
          expect(there.values[k]).toBeCloseTo(values[k] as number, 3);
        });
      }
    }
  });

  it.each(Object.entries(beginnings))('takes the shift back in %s', async (_, beginning) => {
    const graph = begun(beginning);
    const given = photo();
    const options = { target: 1, shift: 3 };
    const { samples, layer } = await inputInvariance(saliency, graph, given, options);
    expect(layer).toBe('conv');
    const [value, shifted] = samples[0]!.values as [number, number];
    expect(Math.abs(shifted - value)).toBeLessThan(1e-4 * Math.abs(value));
    expect(samples[0]!.difference).toBeLessThan(1e-4);
    // (x + c) · g against x · g
    const g = await saliency(graph, given, { target: 1 }).data();
    const xs = await given.data();
    const expected = (3 * length(g)) / length(g.map((each, i) => each * xs[i]!));
    const changed = await inputInvariance(inputXGradient, graph, given, options);
    expect(changed.samples[0]!.difference).toBeCloseTo(expected, 3);
  });

  it('leaves the graph as it is, takes a prepared one, and leaves no tensor', async () => {
    const graph = begun(beginnings['a convolution, fused']!);
    const { weightMap } = (graph as unknown as { executor: { weightMap: object } }).executor;
    const names = Object.keys(weightMap);
    const given = photo();
    const options = { target: 0, shift: 1 };
    const steps = await stepsOf((held) => inputInvariance(saliency, graph, given, { ...options, ...held }));
    expect(steps).toEqual([
      [1, 2],
      [2, 2],
    ]);
    expect(Object.keys(weightMap)).toEqual(names);
    const prepared = prepare(graph);
    const { samples } = await inputInvariance(saliency, prepared, given, options);
    expect(samples[0]!.difference).toBeLessThan(1e-4);
    prepared.dispose();
  });

  it('begins where the method does', async () => {
    const graph = tinyGraph(
      {
        x: placeholder([null, 4]),
        enter: op('Enter', ['x'], { frame_name: 'frame' }),
        exit: op('Exit', ['enter']),
        same: op('Identity', ['exit']),
        w: constant([4, -3, 2, 1], [4, 1]),
        y: op('MatMul', ['same', 'w']),
      },
      ['y'],
    );
    const found = await inputInvariance(inputXGradient, graph, x, { shift: 10, from: 'same' });
    expect(found.layer).toBe('y');
    expect(found.samples[0]!.difference).toBeCloseTo((10 * Math.sqrt(30)) / Math.sqrt(104), 5);
  });

  // a network of a class of its own: its constants wait for the input, which goes through 2 x − 1
  it.runIf(getBackend() === 'wasm')('takes the shift back in a MobileNetV2 of TensorFlow Hub', async () => {
    const network = await loadNsfwModel('mobilenet_v2_mid');
    const given = tensor(
      Float32Array.from({ length: 224 * 224 * 3 }, (_, i) => Math.abs(Math.sin(i * i))),
      [1, 224, 224, 3],
    );
    const { samples, layer } = await inputInvariance(saliency, network, given, { target: 0, shift: -1 });
    expect(layer).toMatch(/MobilenetV2\/Conv\/Relu6$/);
    const [value, shifted] = samples[0]!.values as [number, number];
    expect(Math.abs(shifted - value)).toBeLessThan(1e-4);
    expect(samples[0]!.similarities.cosine).toBeGreaterThan(0.999);
    network.dispose();
  });

  const kinds =
    'inputInvariance: expected the first layer with weights to be one of "Conv2D", "_FusedConv2D", ' +
    '"DepthwiseConv2dNative", "FusedDepthwiseConv2dNative", "MatMul", "_FusedMatMul", with nothing before it ' +
    'that does more than move values, add to them or scale all alike, got';
  const OF_CHANNELS_FIRST: [string, Nodes] = [
    `RangeError: ${kinds} "conv" (Conv2D of channels first), through which a shift cannot be taken back`,
    {
      shape: constant([-1, 1, 2, 2], [4], 'int32'),
      image: op('Reshape', ['x', 'shape']),
      filter: constant(waves(4), [1, 1, 1, 4]),
      conv: op('Conv2D', ['image', 'filter'], { ...WINDOW, data_format: 'NCHW' }),
      y: op('Reshape', ['conv', 'rows']),
      rows: constant([-1, 16], [2], 'int32'),
    },
  ];
  it.each<[string, Nodes]>([
    [
      `RangeError: ${kinds} "scaled" (Mul), through which a shift cannot be taken back`,
      { each: constant([1, 2, 3, 4]), scaled: op('Mul', ['x', 'each']), y: op('MatMul', ['scaled', 'w']) },
    ],
    [
      `RangeError: ${kinds} "inverse" (RealDiv), through which a shift cannot be taken back`,
      { one: constant([1], []), inverse: op('RealDiv', ['one', 'x']), y: op('MatMul', ['inverse', 'w']) },
    ],
    [
      `RangeError: ${kinds} "y" (MatMul), through which a shift cannot be taken back`,
      { y: op('MatMul', ['w', 'x']) },
    ],
    [
      `RangeError: ${kinds} "padded" (PadV2), through which a shift cannot be taken back`,
      {
        sides: constant([0, 0, 0, 0], [2, 2], 'int32'),
        axes: constant([0, 1], [2], 'int32'),
        sum: op('Sum', ['w', 'axes']),
        padded: op('PadV2', ['x', 'sides', 'sum']),
        y: op('MatMul', ['padded', 'w']),
      },
    ],
    [
      'RangeError: inputInvariance: expected a model whose input goes into one layer, got one where it goes ' +
        'into "a", "b"; the bias of one cannot take a shift back for all',
      { a: op('MatMul', ['x', 'w']), b: op('MatMul', ['x', 'w']), y: op('AddV2', ['a', 'b']) },
    ],
    [
      'RangeError: inputInvariance: found no layer with weights behind the input, whose bias could take a shift back',
      { y: op('Identity', ['x']) },
    ],
    // TF.js runs it on cpu alone
    ...(getBackend() === 'cpu' ? [OF_CHANNELS_FIRST] : []),
  ])('%s', async (message, nodes) => {
    const graph = tinyGraph({ x: placeholder([null, 4]), w: constant(waves(16), [4, 4]), ...nodes }, ['y']);
    const given = tensor(waves(16), [4, 4]);
    expect(await rejection(() => inputInvariance(saliency, graph, given, { target: 0 }))).toBe(message);
  });
});
