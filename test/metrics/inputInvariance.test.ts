import { memory, tensor, zeros, type Tensor } from '@tensorflow/tfjs-core';
import { input, layers, model as functional } from '@tensorflow/tfjs-layers';
import type { LayersModel, SymbolicTensor } from '@tensorflow/tfjs-layers';
import { guidedBackprop, inputXGradient, integratedGradients, prepare, saliency } from 'guided-saliency';
import { inputInvariance } from 'guided-saliency/metrics';
import { describe, expect, it } from 'vitest';
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
      'TypeError: inputInvariance: expected model to be a LayersModel, got a function; ' +
        'the bias of a first layer is known of its layers alone',
    );
    const norm = network([6, 6, 2], layers.batchNormalization({ name: 'bn' }), conv({}), ...scores());
    expect(await of(norm)).toBe(
      'RangeError: inputInvariance: expected the first layer with weights to be one of "Dense", "Conv1D", ' +
        '"Conv2D", "Conv3D", "DepthwiseConv2D", with nothing before it that changes values, got "bn" ' +
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
