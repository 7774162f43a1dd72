import {
  add,
  getGradient,
  greater,
  memory,
  mul,
  randomUniform,
  registerGradient,
  relu,
  sum,
  tanh,
  tensor,
  unregisterGradient,
  where,
  zerosLike,
} from '@tensorflow/tfjs-core';
import type { GradConfig, Tensor } from '@tensorflow/tfjs-core';
import { input, layers, model as functional, sequential } from '@tensorflow/tfjs-layers';
import type { LayersModel, SymbolicTensor } from '@tensorflow/tfjs-layers';
import {
  deconv,
  guided,
  guidedBackprop,
  overrideActivations,
  prepare,
  saliency,
  withGradients,
  type GradientRule,
} from 'guided-saliency';
import { describe, expect, it } from 'vitest';
import { followed } from '../../support/followed';
import { expectSame } from '../../support/expectSame';
import { kernelsOf } from '../../support/kernelsOf';
import { constant, input as node, op, tinyGraph } from '../../support/tinyGraph';
import { later } from '../../support/later';

/*
 * A model is explained by a program of its kernels, one that was made at the first call. That none of it is
 * of yesterday is shown by a plain function that predicts: it runs the model's own layers each time.
 */

const on = (x: SymbolicTensor, layer: layers.Layer) => layer.apply(x) as SymbolicTensor;

/** Convolutions of both kinds with batch norms, the last with more weights than outputs. */
function network(): LayersModel {
  const x = input({ shape: [7, 6, 2] });
  let y = on(x, layers.conv2d({ filters: 4, kernelSize: 3, padding: 'same', useBias: false }));
  y = on(on(y, layers.batchNormalization({})), layers.activation({ activation: 'relu6', name: 'relu6' }));
  y = on(y, layers.depthwiseConv2d({ kernelSize: 3, strides: 2, padding: 'same' }));
  y = on(on(y, layers.batchNormalization({ scale: false })), layers.reLU({ name: 'relu' }));
  y = on(y, layers.conv2d({ filters: 9, kernelSize: 3, strides: 2, activation: 'linear', name: 'last' }));
  y = on(on(y, layers.batchNormalization({ center: false })), layers.leakyReLU({ name: 'leaky' }));
  y = on(on(y, layers.flatten()), layers.dense({ units: 3, activation: 'tanh', name: 'scores' }));
  const made = functional({ inputs: x, outputs: y });
  const weights = made.weights.map(({ name, shape }, i) => {
    const [least, most] = name.includes('variance') ? [0.5, 1.5] : [-0.6, 0.6];
    return randomUniform(shape as number[], least, most, 'float32', i + 1);
  });
  made.setWeights(weights);
  for (const weight of weights) weight.dispose();
  return made;
}

const photo = (batch = 1) => randomUniform([batch, 7, 6, 2], -1, 1, 'float32', 5);
const asFunction = (model: LayersModel) => (x: Tensor) => model.predict(x) as Tensor;

describe('the program of a model', () => {
  it.each([['the plain gradient'], ['guided backpropagation', guided], ['deconvnet', deconv]] as const)(
    'gives the map that the layers give: %s',
    async (_name, rule?) => {
      const model = network();
      const options = { target: 0, ...(rule && { rule }) };
      for (const batch of [1, 3, 64]) {
        const slow = followed(() => saliency(asFunction(model), photo(batch), options));
        await expectSame(saliency(model, photo(batch), options), slow);
        await expectSame(
          later(() => saliency(model, photo(batch), options)),
          slow,
        );
      }
    },
  );

  it('hands a rule of the user’s own what went into a rectifier, as the layers do', async () => {
    const model = network();
    const open: GradientRule = ({ dy, inputs }) => where(greater(inputs['x']!, 0.1), dy, zerosLike(dy));
    const slow = followed(() => saliency(asFunction(model), photo(), { target: 0, rule: open }));
    for (const given of [model, prepare(model)]) {
      await expectSame(
        later(() => saliency(given, photo(), { target: 0, rule: open })),
        slow,
      );
    }
    await expect(expectSame(slow, saliency(model, photo(), { target: 0 }))).rejects.toThrow();
  });

  it.each([{}, { scale: false }, { center: false }, { center: false, scale: false }] as const)(
    'gives the map that the layers give for batch norms that follow no convolution: %o',
    async (config) => {
      const x = input({ shape: [4, 4, 3] });
      let y = on(on(x, layers.batchNormalization(config)), layers.reLU({ maxValue: 6 }));
      y = on(on(y, layers.averagePooling2d({ poolSize: 2, strides: 1 })), layers.batchNormalization(config));
      y = on(on(y, layers.flatten()), layers.batchNormalization({}));
      const model = functional({ inputs: x, outputs: on(y, layers.dense({ units: 2, activation: 'relu' })) });
      model.setWeights(
        model.weights.map(({ name, shape }, i) =>
          randomUniform(shape as number[], name.includes('variance') ? 0.5 : -0.3, 1, 'float32', i + 1),
        ),
      );
      const photo = randomUniform([2, 4, 4, 3], -1, 1, 'float32', 5);
      for (const rule of [undefined, guided]) {
        const options = { target: 1, ...(rule && { rule }) };
        const slow = followed(() => saliency(asFunction(model), photo, options));
        await expectSame(
          later(() => saliency(model, photo, options)),
          slow,
        );
        const prepared = prepare(model);
        await expectSame(
          later(() => saliency(prepared, photo, options)),
          slow,
        );
        prepared.dispose();
      }
    },
  );

  it.each([
    ['as it is', (model: LayersModel) => model],
    ['prepared', (model: LayersModel) => prepare(model)],
  ])('is made anew when an activation is exchanged, %s', async (_name, made) => {
    const model = network();
    const given = made(model);
    const before = saliency(given, photo());
    const scores = model.getLayer('scores') as unknown as { activation: object };
    const leaky = model.getLayer('leaky') as unknown as { alpha: number };
    scores.activation = (layers.activation({ activation: 'sigmoid' }) as unknown as typeof scores).activation;
    leaky.alpha = 0.9;
    const after = saliency(given, photo(), { score: 'logit' });
    await expectSame(
      after,
      followed(() => saliency(asFunction(model), photo(), { score: 'logit' })),
    );
    await expect(expectSame(after, before)).rejects.toThrow();
  });

  it('is made anew in a copy, when an activation of the original is exchanged', async () => {
    const model = network();
    const copy = overrideActivations(model, { relu: guided });
    saliency(copy, photo()).dispose();
    const scores = model.getLayer('scores') as unknown as { activation: object };
    scores.activation = (layers.activation({ activation: 'linear' }) as unknown as typeof scores).activation;
    await expectSame(
      saliency(copy, photo()),
      followed(() => saliency(asFunction(copy), photo())),
    );
  });

  it('sees weights that have changed, and keeps none', async () => {
    const model = network();
    saliency(model, photo()).dispose();
    const before = memory().numTensors;
    const weights = model.getWeights().map((weight) => mul(weight, 1.5));
    model.setWeights(weights);
    for (const weight of weights) weight.dispose();
    saliency(model, photo()).dispose();
    const x = photo();
    const map = guidedBackprop(model, x);
    expect(memory().numTensors).toBe(before + 3); // two inputs and the map
    await expectSame(
      map,
      followed(() => guidedBackprop(asFunction(model), x)),
    );
  });

  it('knows a Sequential that has got another layer', async () => {
    const model = sequential({ layers: [layers.dense({ units: 3, inputShape: [2] })] });
    const x = tensor([[1, 2]]);
    saliency(model, x).dispose();
    model.add(layers.dense({ units: 2, activation: 'tanh' }));
    await expectSame(
      saliency(model, x, { target: 0 }),
      followed(() => saliency(asFunction(model), x, { target: 0 })),
    );
  });

  it('is not made where a method, an activation or an op is the user’s own', async () => {
    let factor = 1;
    const changing = (x: Tensor) => mul(x, factor);
    const x = tensor([[1, 2]]);
    const ones = { units: 2, kernelInitializer: 'ones' } as const;
    const made = () =>
      sequential({ layers: [layers.dense({ ...ones, inputShape: [2], activation: 'relu', name: 'd' })] });

    const method = made();
    const layer = method.getLayer('d');
    const call = layer.call.bind(layer);
    layer.call = (inputs, kwargs) => changing(call(inputs, kwargs) as Tensor);
    const activation = made();
    const held = activation.getLayer('d') as unknown as { activation: object };
    held.activation = { apply: changing, getClassName: () => 'changing' };
    const op = overrideActivations(made(), { op: changing });
    class Own extends (layers.dense({ units: 2 }).constructor as typeof layers.Layer) {
      override call(inputs: Tensor | Tensor[], kwargs: Record<string, unknown>): Tensor {
        return changing(super.call(inputs, kwargs) as Tensor);
      }
    }
    const subclass = sequential({ layers: [new Own({ ...ones, inputShape: [2] })] });

    for (const model of [method, activation, op, subclass]) {
      factor = 1;
      const once = saliency(model, x, { target: (y) => sum(y as Tensor) });
      factor = 3;
      const thrice = saliency(model, x, { target: (y) => sum(y as Tensor) });
      await expectSame(thrice, mul(once, 3));
    }
  });

  it('is not made of a cell of which one activation is the user’s own', async () => {
    let factor = 1;
    const op = (x: Tensor) => mul(x, factor);
    const gated = layers.gru({
      units: 2,
      inputShape: [3, 2],
      activation: 'relu',
      recurrentActivation: 'elu',
      recurrentInitializer: 'zeros',
    });
    const model = sequential({ layers: [gated] });
    // of random weights some leave no unit on
    const weightOf = ({ shape }: Tensor, i: number) => randomUniform(shape, 0.1, 1, 'float32', i + 1);
    model.setWeights(model.getWeights().map(weightOf));
    const x = tensor([
      [
        [1, 2],
        [-1, 0.5],
        [0.3, 2],
      ],
    ]);
    for (const overrides of [
      { relu: { op }, elu: guided },
      { relu: guided, elu: { op } },
    ]) {
      const mapOf = (copy: LayersModel) => saliency(copy, x, { target: (y) => sum(y as Tensor) });
      factor = 1;
      const copy = overrideActivations(model, overrides);
      mapOf(copy).dispose();
      factor = 3;
      await expectSame(mapOf(copy), mapOf(overrideActivations(model, overrides)));
    }
  });

  it('is not made of a graph that takes numbers out of the input, e.g. where a slice begins', async () => {
    const graph = tinyGraph(
      {
        x: node([6]),
        axis: constant([0], [], 'int32'),
        one: constant([1], [1], 'int32'),
        top: op('ArgMax', ['x', 'axis']),
        begin: op('Reshape', ['top', 'one']),
        part: op('Slice', ['x', 'begin', 'one']),
        y: op('Square', ['part']),
      },
      ['y'],
    );
    for (const given of [graph, prepare(graph)]) {
      for (const at of [1, 4, 2]) {
        const values = Array.from({ length: 6 }, (_, i) => (i === at ? 3 : i / 10));
        const map = saliency(given, tensor(values), { target: (y) => sum(y as Tensor) });
        expect(Array.from(await map.data())).toEqual(values.map((_, i) => (i === at ? 6 : 0)));
      }
    }
  });

  it('gives way to a rule on a kernel that it would fuse, and to a gradient of the user’s own', async () => {
    const model = network();
    saliency(model, photo()).dispose();
    const half = { FusedBatchNorm: ({ dx }: { dx: Tensor }) => mul(dx, 0.5) };
    const scoped = withGradients(half, () => saliency(model, photo()));
    await expectSame(scoped, mul(saliency(model, photo()), 1 / 8));

    const shipped = getGradient('FusedBatchNorm');
    const gradFunc: GradConfig['gradFunc'] = (dy, saved, attrs) => {
      const { x, ...others } = shipped.gradFunc(dy, saved, attrs);
      return { ...others, x: () => mul(x!(), 2) };
    };
    unregisterGradient('FusedBatchNorm');
    registerGradient({ ...shipped, gradFunc });
    try {
      await expectSame(
        saliency(model, photo()),
        mul(
          followed(() => saliency(asFunction(model), photo())),
          1,
        ),
      );
    } finally {
      unregisterGradient('FusedBatchNorm');
      registerGradient(shipped);
    }
  });

  it('is not used by whoever is followed from outside, with whatever weights that one follows', async () => {
    const model = network();
    const energy = (x: Tensor) => {
      const dx = saliency(model, x, { target: 0 });
      return add(sum(mul(dx, dx)), sum(tanh(relu(x))));
    };
    const slowEnergy = (x: Tensor) => {
      const dx = followed(() => saliency(asFunction(model), x, { target: 0 }));
      return add(sum(mul(dx, dx)), sum(tanh(relu(x))));
    };
    const target = (y: unknown) => y as Tensor;
    const prepared = prepare(model);
    prepared.dispose();
    await expectSame(saliency(energy, photo(), { target }), saliency(slowEnergy, photo(), { target }));
  });

  it('tells constants apart that JSON writes alike', async () => {
    const graph = tinyGraph(
      {
        x: node([null, 4]),
        size: constant([4], [1], 'int32'),
        most: constant([Infinity], []),
        least: constant([-Infinity], []),
        weights: constant([1, 2, 3, 4]),
        above: op('Fill', ['size', 'most']),
        below: op('Fill', ['size', 'least']),
        low: op('Minimum', ['x', 'above']),
        high: op('Maximum', ['low', 'below']),
        scores: op('Mul', ['high', 'weights']),
      },
      ['scores'],
    );
    const x = tensor([1, -2, 3, -4], [1, 4]);
    for (const given of [graph, prepare(graph)]) {
      const map = later(() => saliency(given, x, { target: 2 }));
      expect([...(await map.data())]).toEqual([0, 0, 3, 0]);
    }
  });

  it('of a graph has the rectifiers in the convolutions', () => {
    const graph = tinyGraph(
      {
        x: node([null, 3, 3, 1]),
        w: constant([1, -1, 0.5, 2], [2, 2, 1, 1]),
        c: op('Conv2D', ['x', 'w'], {
          strides: [1, 1, 1, 1],
          dilations: [1, 1, 1, 1],
          padding: 'VALID',
          data_format: 'NHWC',
        }),
        y: op('Relu', ['c']),
      },
      ['y'],
    );
    const explain = () =>
      guidedBackprop(graph, randomUniform([1, 3, 3, 1], 0, 1, 'float32', 2), { target: (y) => sum(y) });
    explain().dispose();
    expect(kernelsOf(explain)).toContain('FusedConv2D');
  });
});
