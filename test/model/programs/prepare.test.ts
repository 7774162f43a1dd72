import {
  add,
  dispose,
  getBackend,
  mean,
  memory,
  mul,
  profile,
  randomUniform,
  tensor,
} from '@tensorflow/tfjs-core';
import type { Tensor } from '@tensorflow/tfjs-core';
import { input, layers, model as functional, sequential } from '@tensorflow/tfjs-layers';
import type { LayersModel, SymbolicTensor } from '@tensorflow/tfjs-layers';
import {
  deconv,
  deconvnet,
  gradCam,
  guided,
  guidedBackprop,
  overrideActivations,
  prepare,
  saliency,
  valueAndSaliency,
  withGradients,
} from 'guided-saliency';
import type { GradientRule, SaliencyOptions } from 'guided-saliency';
import { describe, expect, it } from 'vitest';
import { loadNsfwModel } from '../../support/nsfwjs';
import { constant, input as node, op, tinyGraph } from '../../support/tinyGraph';
import { later } from '../../support/later';
import { thinned } from '../../support/thinned';

/** Weights that no initializer would give, so that batch norms have something to do. */
function seeded(model: LayersModel): LayersModel {
  const weights = model.weights.map((weight, i) => {
    const variance = weight.name.includes('variance');
    return randomUniform(
      weight.shape as number[],
      variance ? 0.5 : -0.6,
      variance ? 1.5 : 0.6,
      'float32',
      i + 1,
    );
  });
  model.setWeights(weights);
  for (const weight of weights) weight.dispose();
  return model;
}

const on = (x: SymbolicTensor | SymbolicTensor[], layer: layers.Layer) => layer.apply(x) as SymbolicTensor;

/**
 * Everything that is fused: pads, convolutions of both kinds, batch norms, every kind of ReLU, and a skip.
 */
function network(): LayersModel {
  const x = input({ shape: [13, 11, 3] });
  const norm = (options = {}) => layers.batchNormalization(options);
  let y = on(
    x,
    layers.zeroPadding2d({
      padding: [
        [0, 1],
        [1, 0],
      ],
      name: 'pad',
    }),
  );
  y = on(y, layers.conv2d({ filters: 6, kernelSize: 3, strides: 2, useBias: false, name: 'conv' }));
  y = on(on(y, norm({ name: 'norm' })), layers.reLU({ maxValue: 6, name: 'relu6' }));
  const skip = y;
  y = on(y, layers.depthwiseConv2d({ kernelSize: 3, depthMultiplier: 2, padding: 'same' }));
  y = on(on(y, norm({ scale: false })), layers.activation({ activation: 'relu6' }));
  y = on(y, layers.conv2d({ filters: 6, kernelSize: 1 }));
  y = on([skip, on(y, norm({ center: false }))], layers.add());
  y = on(on(y, layers.dropout({ rate: 0.5 })), layers.activation({ activation: 'relu', name: 'sum' }));
  y = on(y, layers.separableConv2d({ filters: 5, kernelSize: 3, activation: 'relu' }));
  y = on(on(y, layers.leakyReLU({ alpha: 0.1 })), layers.globalAveragePooling2d({}));
  y = on(y, layers.dense({ units: 7, activation: 'relu', name: 'hidden' }));
  return seeded(functional({ inputs: x, outputs: on(y, layers.dense({ units: 4, activation: 'softmax' })) }));
}

const photo = (batch: number) => randomUniform([batch, 13, 11, 3], -1, 1, 'float32', 5);

async function furthest(a: Tensor, b: Tensor): Promise<number> {
  const [x, y] = [await a.data(), await b.data()];
  const largest = Math.max(...Array.from(y, Math.abs));
  expect(largest).toBeGreaterThan(0);
  return Math.max(...Array.from(x, (value, i) => Math.abs(value - (y[i] as number)))) / largest;
}

describe('prepare', () => {
  const own: GradientRule = ({ dy, dx }) => add(dx, mul(dy, 0.25));
  const ways: [string, SaliencyOptions][] = [
    ['the plain gradient', {}],
    ['guided backpropagation', { rule: guided }],
    ['deconvnet', { rule: deconv }],
    ['a rule of one’s own', { rule: own }],
    ['a probability', { score: 'probability', target: 1 }],
    ['a layer that is fused away', { target: { layer: 'norm', channel: 2 } }],
    ['a layer’s output in place of the input', { wrt: 'norm', rule: guided }],
    ['a target function', { target: (y) => mean(mul(y as Tensor, y as Tensor)) }],
  ];

  it.each(ways)('gives the same map: %s', async (_name, options) => {
    const model = network();
    const prepared = prepare(model);
    for (const batch of [1, 3]) {
      const x = photo(batch);
      const [fast, slow] = [later(() => saliency(prepared, x, options)), saliency(model, x, options)];
      expect(fast.shape).toEqual(slow.shape);
      expect(await furthest(fast, slow)).toBeLessThan(1e-4);
    }
    prepared.dispose();
  });

  it('gives the same map for an overridden copy, whose rule it keeps', async () => {
    const model = network();
    const x = photo(2);
    const copy = overrideActivations(model, guided);
    const prepared = prepare(copy);
    expect(
      await furthest(
        later(() => saliency(prepared, x)),
        guidedBackprop(model, x),
      ),
    ).toBeLessThan(1e-4);
    expect(await furthest(deconvnet(prepared, x), deconvnet(model, x))).toBeLessThan(1e-4);
    prepared.dispose();
  });

  it('runs a ReLU6 of a copy as one rectifier', async () => {
    const model = seeded(
      sequential({
        layers: [
          layers.conv2d({ inputShape: [5, 5, 2], filters: 4, kernelSize: 3 }),
          layers.reLU({ maxValue: 6 }),
          layers.flatten(),
          layers.dense({ units: 3 }),
        ],
      }),
    );
    const x = randomUniform([1, 5, 5, 2], -9, 9, 'float32', 2);
    const prepared = prepare(overrideActivations(model, deconv));
    expect(
      await furthest(
        later(() => saliency(prepared, x)),
        deconvnet(model, x),
      ),
    ).toBeLessThan(1e-4);
    prepared.dispose();
  });

  it('gives the same score and class', async () => {
    const model = network();
    const prepared = prepare(model);
    const x = photo(3);
    const [fast, slow] = [valueAndSaliency(prepared, x), valueAndSaliency(model, x)];
    expect(Array.from(await fast.classes!.data())).toEqual(Array.from(await slow.classes!.data()));
    expect(await furthest(fast.value, slow.value)).toBeLessThan(1e-5);
    prepared.dispose();
  });

  it('prepares a GraphModel, with the clip behind its Relu', async () => {
    const graph = tinyGraph(
      {
        x: node([null, 6, 6, 2]),
        filter: constant(
          Array.from({ length: 3 * 3 * 2 * 4 }, (_, i) => Math.sin(i)),
          [3, 3, 2, 4],
        ),
        bias: constant([0.1, -0.2, 0.3, 0]),
        six: constant([6], []),
        conv: op('Conv2D', ['x', 'filter'], {
          strides: [1, 1, 1, 1],
          dilations: [1, 1, 1, 1],
          padding: 'SAME',
          data_format: 'NHWC',
        }),
        sum: op('BiasAdd', ['conv', 'bias']),
        relu: op('Relu', ['sum']),
        clipped: op('Minimum', ['relu', 'six']),
        axes: constant([1, 2], [2], 'int32'),
        mean: op('Mean', ['clipped', 'axes'], { keep_dims: false }),
        y: op('Softmax', ['mean']),
      },
      ['y'],
    );
    const x = randomUniform([2, 6, 6, 2], -4, 4, 'float32', 3);
    const prepared = prepare(graph);
    for (const rule of [undefined, guided, deconv]) {
      const options = rule ? { rule } : {};
      expect(
        await furthest(
          later(() => saliency(prepared, x, options)),
          saliency(graph, x, options),
        ),
      ).toBeLessThan(1e-4);
    }
    prepared.dispose();
  });

  it('sees weights that were changed after it', async () => {
    const model = network();
    const prepared = prepare(model);
    const x = photo(1);
    saliency(prepared, x).dispose();
    const weights = model.getWeights().map((weight) => mul(weight, 1.5));
    model.setWeights(weights);
    expect(await furthest(saliency(prepared, x), saliency(model, x))).toBeLessThan(1e-4);
    prepared.dispose();
  });

  it('leaves each kernel by itself inside a withGradients scope', async () => {
    const model = network();
    const prepared = prepare(model);
    const x = photo(1);
    const fast = withGradients({ Relu: guided }, () => saliency(prepared, x));
    const slow = withGradients({ Relu: guided }, () => saliency(model, x));
    expect(await furthest(fast, slow)).toBe(0);
    prepared.dispose();
  });

  it('runs a model with layers of the user’s own as it is', async () => {
    class Doubled extends layers.Layer {
      static className = 'Doubled';
      override call(x: Tensor | Tensor[]): Tensor {
        return mul(Array.isArray(x) ? (x[0] as Tensor) : x, 2);
      }
    }
    const model = sequential({
      layers: [
        layers.dense({ units: 3, inputShape: [4], activation: 'relu', kernelInitializer: 'ones' }),
        new Doubled({}),
      ],
    });
    const x = tensor([[1, -2, 3, 0.5]]);
    const prepared = prepare(model);
    expect(await furthest(saliency(prepared, x), saliency(model, x))).toBe(0);
    prepared.dispose();
  });

  it('keeps no tensor once it is disposed, and none more after a hundred maps', () => {
    const model = network();
    const x = photo(1);
    const before = memory().numTensors;
    const prepared = prepare(model);
    // the first writes the kernels down, the second makes what is kept
    for (let i = 0; i < 2; i++) saliency(prepared, x).dispose();
    const ready = memory().numTensors;
    for (let i = 0; i < 100; i++) guidedBackprop(prepared, x, { target: i % 4 }).dispose();
    expect(memory().numTensors).toBe(ready);
    prepared.dispose();
    prepared.dispose();
    expect(memory().numTensors).toBe(before);
  });

  it('keeps what it makes of the weights once, for all shapes of inputs and all methods', async () => {
    const model = network();
    const before = memory().numBytes;
    const prepared = prepare(model);
    const explained = (batch: number) => {
      const x = photo(batch);
      // the first writes the kernels down, the second makes what is kept
      for (let i = 0; i < 2; i++) saliency(prepared, x, { target: 1 }).dispose();
      for (let i = 0; i < 2; i++) gradCam(prepared, x, { target: 1, layer: 'sum' }).dispose();
      x.dispose();
      return memory().numBytes;
    };
    const ready = explained(1);
    for (const batch of thinned([2, 3, 4, 5, 6], 3)) expect(explained(batch)).toBe(ready);
    // those of the first inputs were given up for those of later ones, which go on with what both have
    for (const batch of [6, 1]) {
      const x = photo(batch);
      const maps = [saliency(prepared, x), saliency(model, x)] as const;
      expect(await furthest(...maps)).toBeLessThan(1e-4);
      dispose([x, ...maps]);
    }
    prepared.dispose();
    expect(memory().numBytes).toBe(before);
  });

  it('keeps nothing of weights that were set, and shares nothing of them', async () => {
    const model = network();
    const prepared = prepare(model);
    const [x, two] = [photo(1), photo(2)];
    const explained = () => {
      for (const of of [x, x, two, two]) saliency(prepared, of).dispose();
      return memory().numBytes;
    };
    const ready = explained();
    const weights = model.getWeights().map((weight) => mul(weight, 0.8));
    model.setWeights(weights);
    for (const weight of weights) weight.dispose();
    expect(explained()).toBe(ready);
    expect(await furthest(saliency(prepared, two), saliency(model, two))).toBeLessThan(1e-4);
    prepared.dispose();
  });

  it('leaves no tensor behind when an explanation throws', () => {
    const model = network();
    const x = photo(1);
    const prepared = prepare(model);
    // the first writes the kernels down, the second makes what is kept
    for (let i = 0; i < 2; i++) saliency(prepared, x).dispose();
    const ready = memory().numTensors;
    const failing = () => {
      throw new Error('no rule');
    };
    expect(() => saliency(prepared, x, { rule: failing })).toThrow('no rule');
    expect(memory().numTensors).toBe(ready);
    prepared.dispose();
  });

  it('folds a batch norm behind a convolution, but on a GPU, where that saves little', async () => {
    const model = sequential();
    model.add(layers.conv2d({ inputShape: [13, 11, 3], filters: 3, kernelSize: 3 }));
    model.add(layers.batchNormalization({}));
    model.add(layers.flatten());
    const prepared = prepare(seeded(model));
    const x = photo(1);
    saliency(prepared, x, { target: 0 }).dispose(); // which prepares
    const { kernelNames } = await profile(() => saliency(prepared, x, { target: 0 }));
    const isOnGpu = getBackend().startsWith('webg');
    expect(kernelNames.includes('FusedBatchNorm')).toBe(isOnGpu);
    prepared.dispose();
  });

  it('is refused once it is disposed', () => {
    const prepared = prepare(network());
    prepared.dispose();
    expect(() => saliency(prepared, photo(1))).toThrow(
      'saliency: the prepared model is disposed; prepare the model again',
    );
  });

  it('refuses a function', () => {
    expect(() => prepare(((x: Tensor) => x) as never)).toThrow(
      'prepare: expected model to be a LayersModel or a GraphModel, got a function',
    );
  });

  it.runIf(['wasm', 'tensorflow'].includes(getBackend()))('gives the same map of real networks', async () => {
    for (const name of ['mobilenet_v2', 'mobilenet_v2_mid'] as const) {
      const model = await loadNsfwModel(name as 'mobilenet_v2');
      const x = randomUniform([1, 224, 224, 3], 0, 1, 'float32', 4);
      const prepared = prepare(model);
      const [fast, slow] = [later(() => guidedBackprop(prepared, x)), guidedBackprop(model, x)];
      const [a, b] = [await fast.data(), await slow.data()];
      const largest = Array.from(b).reduce((most, value) => Math.max(most, Math.abs(value)), 0);
      const off = Array.from(a).filter(
        (value, i) => Math.abs(value - (b[i] as number)) > 1e-4 * largest,
      ).length;
      expect(off / a.length).toBeLessThan(0.005);
      prepared.dispose();
      model.dispose();
    }
  });
});
