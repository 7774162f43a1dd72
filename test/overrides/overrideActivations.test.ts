import * as tf from '@tensorflow/tfjs-core';
import type { Tensor } from '@tensorflow/tfjs-core';
import { input, layers, model, sequential } from '@tensorflow/tfjs-layers';
import type { LayersModel, SymbolicTensor } from '@tensorflow/tfjs-layers';
import { describe, expect, it, vi } from 'vitest';
import { saliency } from '../../src/methods/saliency';
import { deconvRelu } from '../../src/ops/deconvRelu';
import { guidedRelu } from '../../src/ops/guidedRelu';
import { withRule } from '../../src/ops/withRule';
import { describeOverrides } from '../../src/overrides/describeOverrides';
import { overrideActivations } from '../../src/overrides/overrideActivations';
import type { Overrides } from '../../src/overrides/overrides';
import { deconv } from '../../src/rules/deconv';
import { guided } from '../../src/rules/guided';
import type { GradientRule } from '../../src/rules/rule';
import { loadNsfwModel } from '../support/nsfwjs';
import { loadPhoto } from '../support/photo';
import {
  classifier,
  conv,
  dense,
  expectSamePredictions,
  nested,
  predictions,
  recurrent,
  residual,
  sample,
  spliced,
  twins,
} from './smallModels';

const plain: GradientRule = ({ dx }) => tf.clone(dx);

/** On paper: two inputs, `h = relu(x [[1, -1], [2, 1]])`, `y = h [3, -2]`. */
function onPaper(rectifier: 'relu' | 'elu' | 'swish' = 'relu'): LayersModel {
  const paper = sequential({
    name: 'paper',
    layers: [
      layers.dense({ units: 2, activation: rectifier, useBias: false, inputShape: [2], name: 'hidden' }),
      layers.dense({ units: 1, useBias: false, name: 'score' }),
    ],
  });
  tf.tidy(() =>
    paper.setWeights([
      tf.tensor2d([
        [1, -1],
        [2, 1],
      ]),
      tf.tensor2d([[3], [-2]]),
    ]),
  );
  return paper;
}

/** `x` of one sample with a rectifier layer in the middle: `y = w · layer(x)`. */
function aroundLayer(layer: layers.Layer, weights: number[]): LayersModel {
  const score = layers.dense({ units: 1, useBias: false, name: 'score' });
  const all = sequential({
    name: 'around',
    layers: [layers.inputLayer({ inputShape: [weights.length], name: 'x' }), layer, score],
  });
  tf.tidy(() => score.setWeights([tf.tensor2d(weights, [weights.length, 1])]));
  return all;
}

const numbers = (values: ArrayLike<number>) => Array.from(values, (value) => value + 0); // webgl has -0

/** The map of the only output. */
async function mapOf(copy: LayersModel, x: number[]): Promise<number[]> {
  const map = saliency(copy, tf.tensor2d([x]), { target: 0 });
  return numbers(await map.data());
}

/** Expects the guided copy to have the maps that `guided` gives by itself, and others than the model has. */
async function expectSameMaps(original: LayersModel, x: Tensor | Tensor[]): Promise<void> {
  const target = { target: original.outputs.length > 1 ? { output: 0, class: 0 } : 0 } as const;
  const maps = [
    saliency(overrideActivations(original, guided), x, target),
    saliency(original, x, { ...target, rule: guided }),
    saliency(original, x, target),
  ];
  const values = await Promise.all(
    maps.map(async (map) =>
      (await Promise.all([map].flat().map((each) => each.data()))).flatMap((each) => Array.from(each)),
    ),
  );
  const [got, expected, ordinary] = values as [number[], number[], number[]];
  const largest = Math.max(...expected.map(Math.abs));
  expect(largest).toBeGreaterThan(0);
  expect(difference(got, expected) / largest).toBeLessThan(1e-4);
  expect(difference(ordinary, expected) / largest).toBeGreaterThan(1e-2);
}

/** The largest difference between two lists of numbers. */
function difference(one: number[], other: number[]): number {
  return Math.max(...one.map((value, i) => Math.abs(value - other[i]!)));
}

describe('overrideActivations', () => {
  it('gives the maps worked out on paper', async () => {
    const original = onPaper();
    const copies = [guided, deconv, plain].map((rule) => overrideActivations(original, rule));
    const maps = async (x: number[]) => Promise.all(copies.map((copy) => mapOf(copy, x)));
    expect(await maps([1, 1])).toEqual([
      [3, 6],
      [3, 6],
      [3, 6],
    ]); // the second unit is closed
    expect(await maps([-1, 2])).toEqual([
      [3, 6],
      [3, 6],
      [5, 4],
    ]); // both are open, to the second arrives -2
    expect(await maps([-3, 1])).toEqual([
      [0, 0],
      [3, 6],
      [2, -2],
    ]); // the first is closed
    expect(await mapOf(original, [-1, 2])).toEqual([5, 4]);
  });

  it('follows the rule in the tf.grad of TF.js too', async () => {
    const copy = overrideActivations(onPaper(), guided);
    const x = tf.tensor2d([
      [-1, 2],
      [-3, 1],
    ]);
    const dx = tf.grad((v: Tensor) => copy.predict(v) as Tensor)(x);
    expect(numbers(await dx.data())).toEqual([3, 6, 0, 0]);
  });

  it('predicts what the model predicts', async () => {
    for (const [original, x] of [
      [classifier(), sample(3, 4)],
      [nested(), sample(2, 6, 6, 2)],
      [spliced(), sample(3, 4)],
      [residual(), sample(2, 6, 6, 3)],
      [twins(), [sample(3, 4), tf.neg(sample(3, 4))]],
    ] as [LayersModel, Tensor | Tensor[]][]) {
      await expectSamePredictions(original, overrideActivations(original, guided), x);
    }
  });

  it('has the maps of the rule by itself, in a nested model', async () => {
    await expectSameMaps(nested(), sample(2, 6, 6, 2));
  });

  it('has the maps of the rule by itself, in a Sequential at the start of a Sequential', async () => {
    await expectSameMaps(spliced(), sample(3, 4));
  });

  it('has the maps of the rule by itself, in a residual network', async () => {
    await expectSameMaps(residual(), sample(2, 6, 6, 3));
  });

  it('has the maps of the rule by itself, with a shared layer, two inputs and two outputs', async () => {
    await expectSameMaps(twins(), [sample(3, 4), tf.neg(sample(3, 4))]);
  });

  describe('of a rectifier layer', () => {
    const x = [-2, -1, 0.5, 3, 3];
    const weights = [1, -1, 1, 2, -2]; // what arrives

    it('takes the clip of a ReLU with maxValue as part of it', async () => {
      const original = aroundLayer(layers.reLU({ maxValue: 1, name: 'clipped' }), weights);
      expect(await mapOf(overrideActivations(original, guided), x)).toEqual([0, 0, 1, 0, 0]);
      expect(await mapOf(overrideActivations(original, deconv), x)).toEqual([1, 0, 1, 2, 0]);
    });

    it('takes the clip of the activation relu6 as part of it', async () => {
      const original = aroundLayer(layers.activation({ activation: 'relu6' }), weights);
      const saturated = [-2, -1, 0.5, 7, 7];
      expect(await mapOf(overrideActivations(original, guided), saturated)).toEqual([0, 0, 1, 0, 0]);
      expect(await mapOf(overrideActivations(original, deconv), saturated)).toEqual([1, 0, 1, 2, 0]);
    });

    it('keeps the slope of LeakyReLU', async () => {
      const original = aroundLayer(layers.leakyReLU({ alpha: 0.5 }), weights);
      expect(await mapOf(overrideActivations(original, guided), x)).toEqual([0.5, 0, 1, 2, 0]);
      expect(await mapOf(overrideActivations(original, deconv), x)).toEqual([1, 0, 1, 2, 0]);
    });

    it('keeps the learned slopes of PReLU, also when they are learned later', async () => {
      const original = aroundLayer(layers.prelu({ name: 'prelu' }), weights);
      const prelu = original.getLayer('prelu');
      const copy = overrideActivations(original, guided);
      tf.tidy(() => prelu.setWeights([tf.tensor1d([0.25, 4, 4, 4, 4])]));
      expect(await mapOf(copy, x)).toEqual([0.25, 0, 1, 2, 0]);
      await expectSamePredictions(original, copy, tf.tensor2d([x]));
    });

    it('reaches ELU', async () => {
      const original = aroundLayer(layers.elu(), weights);
      const [first, ...others] = await mapOf(overrideActivations(original, guided), x);
      expect(first).toBeCloseTo(Math.exp(-2), 5);
      expect(others).toEqual([0, 1, 2, 0]);
    });

    it('reaches ThresholdedReLU', async () => {
      const original = aroundLayer(layers.thresholdedReLU({ theta: 1 }), weights);
      expect(await mapOf(overrideActivations(original, guided), x)).toEqual([0, 0, 0, 2, 0]);
      expect(await mapOf(overrideActivations(original, deconv), x)).toEqual([1, 0, 1, 2, 0]);
    });

    it('reaches SELU', async () => {
      const original = aroundLayer(layers.activation({ activation: 'selu' }), weights);
      expect(await mapOf(overrideActivations(original, deconv), x)).toEqual([1, 0, 1, 2, 0]);
    });
  });

  describe('of recurrent layers and wrappers', () => {
    const x = sample(2, 3, 4);
    const rnn = (activation: 'relu' | 'tanh', name: string) =>
      layers.simpleRNN({ units: 3, activation, name, ...recurrent(name), returnSequences: true });
    const ending = () => [layers.flatten(), dense(2, 'linear', 'score')];

    it('reaches the cell of an RNN', async () => {
      const original = sequential({
        layers: [layers.inputLayer({ inputShape: [3, 4] }), rnn('relu', 'rnn'), ...ending()],
      });
      await expectSamePredictions(original, overrideActivations(original, guided), x);
      await expectSameMaps(original, x);
    });

    it('reaches both activations of a GRU and an LSTM', async () => {
      for (const layer of [layers.gru, layers.lstm]) {
        const original = sequential({
          layers: [
            layers.inputLayer({ inputShape: [3, 4] }),
            layer({
              units: 3,
              activation: 'relu',
              recurrentActivation: 'relu',
              name: 'gated',
              ...recurrent('rnn'),
            }),
            dense(2, 'linear', 'score'),
          ],
        });
        expect(describeOverrides(original, guided).filter(({ replaced }) => replaced)).toHaveLength(2);
        await expectSamePredictions(original, overrideActivations(original, guided), x);
        await expectSameMaps(original, x);
      }
    });

    it('reaches stacked cells', async () => {
      const cells = ['cell1', 'cell2'].map((name) =>
        layers.simpleRNNCell({ units: 3, activation: 'relu', ...recurrent(name) }),
      );
      const original = sequential({
        layers: [
          layers.inputLayer({ inputShape: [3, 4] }),
          layers.rnn({ cell: layers.stackedRNNCells({ cells }), name: 'stack' }),
          dense(2, 'linear', 'score'),
        ],
      });
      await expectSamePredictions(original, overrideActivations(original, guided), x);
      await expectSameMaps(original, x);
    });

    it('reaches both directions of a Bidirectional', async () => {
      const original = sequential({
        layers: [
          layers.inputLayer({ inputShape: [3, 4] }),
          layers.bidirectional({ layer: rnn('relu', 'rnn'), mergeMode: 'concat', name: 'both' }),
          ...ending(),
        ],
      });
      await expectSamePredictions(original, overrideActivations(original, guided), x);
      await expectSameMaps(original, x);
    });

    it('reaches the layer in a TimeDistributed, and the model in one', async () => {
      const inner = sequential({ name: 'each', layers: [dense(3, 'relu', 'in_model', [3])] });
      const original = sequential({
        layers: [
          layers.inputLayer({ inputShape: [3, 4] }),
          layers.timeDistributed({ layer: dense(3, 'relu', 'in_wrapper'), name: 'times' }),
          layers.timeDistributed({ layer: inner, name: 'times2' }),
          ...ending(),
        ],
      });
      const reached = describeOverrides(original, guided).filter(({ replaced }) => replaced);
      expect(reached.map(({ path }) => path)).toEqual([
        ['times', 'in_wrapper'],
        ['times2', 'each', 'in_model'],
      ]);
      await expectSamePredictions(original, overrideActivations(original, guided), x);
      await expectSameMaps(original, x);
    });

    it('reaches the cell of a ConvLSTM2D', async () => {
      const frames = sample(1, 2, 4, 4, 1);
      const original = sequential({
        layers: [
          layers.convLstm2d({
            filters: 2,
            kernelSize: 3,
            activation: 'relu',
            inputShape: [2, 4, 4, 1],
            name: 'frames',
            ...recurrent('rnn'),
          }),
          layers.flatten(),
          dense(2, 'linear', 'score'),
        ],
      });
      expect(describeOverrides(original, guided)[0]).toMatchObject({
        layerClass: 'ConvLSTM2DCell',
        activation: 'relu',
      });
      await expectSamePredictions(original, overrideActivations(original, guided), frames);
    });
  });

  describe('of custom layers', () => {
    class Squared extends layers.Layer {
      static className = 'Squared';
      override call(x: Tensor | Tensor[]) {
        return tf.square(Array.isArray(x) ? x[0]! : x);
      }
    }
    class Block extends layers.Layer {
      static className = 'Block';
      readonly inside = layers.reLU({ name: 'inside' });
      override call(x: Tensor | Tensor[]) {
        return this.inside.apply(Array.isArray(x) ? x[0]! : x) as Tensor;
      }
    }
    const x = [-2, -1, 0.5, 3, 3];
    const weights = [1, -1, 1, 2, -2];

    it('leaves one alone whose code is not known, unless its class is named', async () => {
      const original = aroundLayer(new Squared({ name: 'squared' }), weights);
      const copy = overrideActivations(original, { Squared: guided });
      expect(await mapOf(original, x)).toEqual([-4, 2, 1, 12, -12]);
      expect(await mapOf(copy, x)).toEqual([-4, 0, 1, 12, 0]);
      expect(describeOverrides(original, guided)[0]).toEqual({
        path: ['squared'],
        layerClass: 'Squared',
        activation: 'unknown',
        replaced: false,
        reason: 'custom code, which is not looked into: left alone unless a map names its class',
      });
    });

    it('reaches the layers that one keeps in its fields', async () => {
      const original = aroundLayer(new Block({ name: 'block' }), weights);
      for (const overrides of [guided, { ReLU: guided }, { Block: guided }] as Overrides[]) {
        expect(await mapOf(overrideActivations(original, overrides), x)).toEqual([0, 0, 1, 2, 0]);
      }
      expect(describeOverrides(original, guided).map(({ path, reason }) => [path, reason])).toEqual([
        [['block'], 'custom code, of which only the layers in it are known'],
        [['block', 'inside'], 'a rectifier'],
        [['score'], 'no activation: left alone unless a map names it'],
      ]);
    });

    it('takes the class of a custom layer, not of one around it, for what is not known', () => {
      class Around extends layers.Layer {
        static className = 'Around';
        readonly inside = new Squared({ name: 'inside' });
        override call(x: Tensor | Tensor[]) {
          return this.inside.call(x);
        }
      }
      const original = aroundLayer(new Around({ name: 'around' }), weights);
      const reached = (overrides: Overrides) =>
        describeOverrides(original, overrides)
          .filter(({ replaced }) => replaced)
          .map(({ path }) => path);
      expect(reached({ Around: guided })).toEqual([]);
      expect(reached({ Squared: guided })).toEqual([['around', 'inside']]);
    });

    it('refuses a class whose layers do not keep the shape', () => {
      class Twice extends layers.Layer {
        static className = 'Twice';
        override call(x: Tensor | Tensor[]) {
          return tf.tile(Array.isArray(x) ? x[0]! : x, [1, 2]);
        }
        override computeOutputShape([batch, size]: [number, number]) {
          return [batch, 2 * size];
        }
      }
      const original = sequential({ layers: [new Twice({ name: 'twice', inputShape: [2] })] });
      const copy = overrideActivations(original, { Twice: guided });
      expect(() => copy.predict(tf.ones([1, 2]))).toThrow(
        new RangeError(
          'overrideActivations, unknown of Twice "twice": expected op to keep the shape of its input, [1, 2], got [1, 4]',
        ),
      );
    });

    it('refuses a class whose layers take several inputs', () => {
      class Both extends layers.Layer {
        static className = 'Both';
        override call(x: Tensor | Tensor[]) {
          return tf.maximum((x as Tensor[])[0]!, (x as Tensor[])[1]!);
        }
        override computeOutputShape(shapes: number[][]) {
          return shapes[0]!;
        }
      }
      const [a, b] = [input({ shape: [2] }), input({ shape: [2] })];
      const outputs = new Both({ name: 'both' }).apply([a, b]) as SymbolicTensor;
      const copy = overrideActivations(model({ inputs: [a, b], outputs }), { Both: guided });
      expect(() => copy.predict([tf.ones([1, 2]), tf.ones([1, 2])])).toThrow(
        new Error('overrideActivations: unknown of Both "both" has 2 inputs, and an override can act on one'),
      );
    });
  });

  describe('with a map', () => {
    const mixed = () =>
      sequential({
        name: 'mixed',
        layers: [
          conv(2, 'relu', 'conv', [4, 4, 2]),
          layers.reLU({ name: 'relu' }),
          conv(2, 'elu', 'conv2'),
          layers.flatten({ name: 'flat' }),
          dense(4, 'swish', 'hidden'),
          dense(3, 'relu', 'hidden2'),
          dense(2, 'softmax', 'classes'),
        ],
      });
    const replaced = (original: LayersModel, overrides: Overrides) =>
      describeOverrides(original, overrides)
        .filter((each) => each.replaced)
        .map(({ path }) => path[0]);

    it('takes activations by name, in any case', () => {
      expect(replaced(mixed(), { relu: guided })).toEqual(['conv', 'relu', 'hidden2']);
      expect(replaced(mixed(), { RELU: guided, Elu: guided })).toEqual(['conv', 'relu', 'conv2', 'hidden2']);
    });

    it('takes layer classes by their exact name, with the rectifiers of their layers only', () => {
      expect(replaced(mixed(), { ReLU: guided })).toEqual(['relu']);
      expect(replaced(mixed(), { Conv2D: guided })).toEqual(['conv', 'conv2']);
      expect(replaced(mixed(), { Dense: guided })).toEqual(['hidden2']);
    });

    it('takes smooth gates, and whatever else is named', () => {
      expect(replaced(mixed(), { swish: guided, softmax: guided })).toEqual(['hidden', 'classes']);
    });

    it('lets a layer class go before an activation', async () => {
      const copy = overrideActivations(onPaper(), { relu: plain, Dense: guided });
      expect(await mapOf(copy, [-1, 2])).toEqual([3, 6]);
    });

    it('gives each its own rule', async () => {
      const original = sequential({
        layers: [
          layers.activation({ activation: 'relu', inputShape: [2] }),
          layers.leakyReLU({ alpha: 0.5 }),
          layers.dense({ units: 1, useBias: false }),
        ],
      });
      tf.tidy(() => original.setWeights([tf.tensor2d([[-2], [4]])]));
      const x = [1, -1]; // open, closed
      const map = (overrides: Overrides) => mapOf(overrideActivations(original, overrides), x);
      expect(await map({ relu: deconv, leakyRelu: plain })).toEqual([0, 2]);
      expect(await map({ relu: plain, leakyRelu: deconv })).toEqual([0, 0]);
      expect(await map({ leakyRelu: deconv })).toEqual([0, 0]);
    });

    it('goes round a smooth gate that is named', async () => {
      const original = onPaper('swish');
      const copy = overrideActivations(original, { swish: deconv });
      expect(await mapOf(copy, [-3, 1])).toEqual([3, 6]);
      await expectSamePredictions(original, copy, tf.tensor2d([[-3, 1]]));
    });

    it('names relu6 for a ReLU layer with a maximum of 6', () => {
      const original = aroundLayer(layers.reLU({ maxValue: 6, name: 'six' }), [1]);
      expect(replaced(original, { relu6: guided })).toEqual(['six']);
      expect(() => overrideActivations(original, { relu: guided })).toThrow(
        'overrideActivations: no activation or layer class "relu"; the model has "relu6", "linear", "ReLU", "Dense"',
      );
    });
  });

  describe('with an op', () => {
    it('puts the op in place of the activation: the classic recipe', async () => {
      const original = residual();
      const copy = overrideActivations(original, { relu: { op: guidedRelu } });
      const x = sample(2, 6, 6, 3);
      await expectSamePredictions(original, copy, x);
      const one = numbers(await saliency(copy, x, { target: 1 }).data());
      const other = numbers(await saliency(original, x, { target: 1, rule: guided }).data());
      expect(difference(one, other) / Math.max(...other.map(Math.abs))).toBeLessThan(1e-4);
    });

    it('has both ways from the op', async () => {
      const copy = overrideActivations(onPaper('elu'), { op: (x) => tf.neg(deconvRelu(x)) });
      // h = -relu(1, 7): y = 3 · -1 - 2 · -7; back come -3 and 2
      const [y] = await predictions(copy, tf.tensor2d([[-13 / 3, 8 / 3]]));
      expect(y![0]).toBeCloseTo(11, 4);
      expect(await mapOf(copy, [5, 5])).toEqual([-2, 2]);
    });

    it('refuses an op that does not keep the shape', () => {
      const copy = overrideActivations(onPaper(), { op: (x) => tf.sum(x) });
      const x = tf.ones([1, 2]);
      const before = tf.memory().numTensors;
      expect(() => copy.predict(x)).toThrow(
        new RangeError(
          'overrideActivations, relu of Dense "hidden": expected op to keep the shape of its input, [1, 2], got []',
        ),
      );
      expect(tf.memory().numTensors).toBe(before);
    });
  });

  describe('limited to layers', () => {
    const replaced = (original: LayersModel, names: (string | string[])[]) =>
      describeOverrides(original, guided, { layers: names })
        .filter((each) => each.replaced)
        .map(({ path }) => path.join(' > '));

    it('reaches those layers, and what is in them', () => {
      expect(replaced(classifier(), ['hidden2'])).toEqual(['hidden2']);
      expect(replaced(nested(), ['middle'])).toEqual(['middle > conv', 'middle > inner > conv/inner']);
      expect(replaced(nested(), [['middle', 'inner']])).toEqual(['middle > inner > conv/inner']);
      expect(replaced(nested(), [['middle', 'inner', 'conv/inner']])).toEqual([
        'middle > inner > conv/inner',
      ]);
    });

    it('leaves the others with their ordinary gradient', async () => {
      const original = nested();
      const x = sample(1, 6, 6, 2);
      const maps = [
        saliency(
          overrideActivations(original, guided, {
            layers: [
              ['middle', 'conv'],
              ['middle', 'inner'],
            ],
          }),
          x,
          { target: 0 },
        ),
        saliency(original, x, { target: 0, rule: guided }),
        saliency(overrideActivations(original, guided, { layers: [['middle', 'conv']] }), x, { target: 0 }),
      ];
      const [all, byRule, one] = await Promise.all(maps.map(async (map) => Array.from(await map.data())));
      const largest = Math.max(...byRule!.map(Math.abs));
      expect(difference(all!, byRule!) / largest).toBeLessThan(1e-4);
      expect(difference(one!, byRule!) / largest).toBeGreaterThan(1e-2);
    });

    it('takes a layer that is in two places by either', () => {
      const shared = dense(4, 'relu', 'shared', [4]);
      const inner = sequential({ name: 'inner', layers: [shared] });
      const x = input({ shape: [4] });
      const original = model({ inputs: x, outputs: shared.apply(inner.apply(x)) as SymbolicTensor });
      expect(replaced(original, ['shared'])).toEqual(replaced(original, [['inner', 'shared']]));
      expect(replaced(original, ['shared'])).toHaveLength(1);
    });

    it('refuses a layer that is not there', () => {
      expect(() => overrideActivations(classifier(), guided, { layers: ['hidden3'] })).toThrow(
        new RangeError(
          'overrideActivations: no layer "hidden3"; did you mean "hidden1"? the model has "hidden1", "hidden2", "classes"',
        ),
      );
      expect(() =>
        overrideActivations(nested(), guided, { layers: ['middle', ['middle', 'dense']] }),
      ).toThrow(
        new RangeError(
          'overrideActivations: no layer "middle > dense"; the model has "image", "middle", "flat", "classes"',
        ),
      );
    });

    it('refuses what is no list of names', () => {
      for (const [wrong, got] of [
        ['hidden1', 'a string; pass ["hidden1"]'],
        [[1], 'a list with a number; layersOf(model) lists the paths to choose from'],
        [[[]], 'a list with an empty list'],
      ] as const) {
        expect(() =>
          overrideActivations(classifier(), guided, { layers: wrong as unknown as string[] }),
        ).toThrow(
          new TypeError(`overrideActivations: expected layers to be a list of layer names, got ${got}`),
        );
      }
    });
  });

  it('replaces the rule of a copy, when a copy is overridden', async () => {
    const copy = overrideActivations(onPaper(), guided);
    expect(await mapOf(overrideActivations(copy, deconv), [-3, 1])).toEqual([3, 6]);
    expect(await mapOf(overrideActivations(copy, plain), [-1, 2])).toEqual([5, 4]);
    const layer = overrideActivations(aroundLayer(layers.reLU(), [1, -1]), guided);
    expect(await mapOf(overrideActivations(layer, deconv), [-1, -1])).toEqual([1, 0]);
    expect(await mapOf(overrideActivations(layer, plain), [1, 1])).toEqual([1, -1]);
  });

  it('keeps the rule of a copy where another override does not reach', async () => {
    const copy = overrideActivations(onPaper(), { relu: guided });
    expect(await mapOf(overrideActivations(copy, { linear: plain }), [-1, 2])).toEqual([3, 6]);
  });

  it('gives way to the rule that saliency is given', async () => {
    const copy = overrideActivations(onPaper(), guided);
    const map = saliency(copy, tf.tensor2d([[-3, 1]]), { target: 0, rule: deconv });
    expect(numbers(await map.data())).toEqual([3, 6]);
  });

  it('copies no byte, writes nothing to the console, and leaves the model as it was', async () => {
    const warnings = vi.spyOn(console, 'warn');
    const original = residual();
    const before = tf.memory();
    const outputs = original.layers.map(({ output }) => output);
    const activations = original.layers.map((layer) => Reflect.get(layer, 'activation') as unknown);
    const copy = overrideActivations(original, guided);
    expect(tf.memory().numTensors).toBe(before.numTensors);
    expect(tf.memory().numBytes).toBe(before.numBytes);
    copy.weights.forEach((weight, i) => expect(weight).toBe(original.weights[i]));
    original.layers.forEach((layer, i) => {
      expect(layer.output).toBe(outputs[i]);
      expect(Reflect.get(layer, 'activation')).toBe(activations[i]);
    });
    await predictions(copy, sample(1, 6, 6, 3));
    expect(warnings).not.toHaveBeenCalled();
    warnings.mockRestore();
  });

  it('shows further training of the original', async () => {
    const original = classifier();
    const copy = overrideActivations(original, guided);
    const x = sample(4, 4);
    const y = tf.oneHot([0, 1, 2, 0], 3);
    const before = await predictions(copy, x);
    original.compile({ optimizer: 'sgd', loss: 'categoricalCrossentropy' });
    await original.fit(x, y, { epochs: 2 });
    expect(await predictions(copy, x)).not.toEqual(before);
    await expectSamePredictions(original, copy, x);
  });

  it('is of no use when the original is disposed, and says so', () => {
    const original = classifier();
    const copy = overrideActivations(original, guided);
    original.dispose();
    expect(() => copy.predict(sample(1, 4))).toThrow(
      new Error(
        'overrideActivations: the copy of "classifier" has lost its weights, as the original is disposed; ' +
          'keep the original while the copy is in use',
      ),
    );
    expect(() => overrideActivations(original, guided)).toThrow(
      new Error('overrideActivations: the model "classifier" is disposed'),
    );
  });

  it('leaves the original usable when the copy is disposed', async () => {
    const original = classifier();
    const copy = overrideActivations(original, guided);
    const before = await predictions(original, sample(1, 4));
    copy.dispose();
    expect(await predictions(original, sample(1, 4))).toEqual(before);
  });

  it('refuses to override nothing, and lists the activations that are there', () => {
    const swish = sequential({
      name: 'smooth',
      layers: [dense(2, 'swish', 'a', [2]), dense(2, 'softmax', 'b')],
    });
    expect(() => overrideActivations(swish, guided)).toThrow(
      new RangeError(
        'overrideActivations: found nothing to override in "smooth"; the activations there are "swish", "softmax"',
      ),
    );
    expect(() => overrideActivations(swish, {})).toThrow(
      new RangeError(
        'overrideActivations: found nothing to override in "smooth"; the activations there are "swish", "softmax"',
      ),
    );
    expect(() => overrideActivations(classifier(), guided, { layers: ['classes'] })).toThrow(
      new RangeError(
        'overrideActivations: found nothing to override in the layers named; the activations there are "softmax"',
      ),
    );
    const flat = sequential({ name: 'flat', layers: [layers.flatten({ inputShape: [2, 2] })] });
    expect(() => overrideActivations(flat, guided)).toThrow(
      new RangeError('overrideActivations: found nothing to override in "flat"; there are no activations'),
    );
  });

  it('refuses a name that the model does not have', () => {
    expect(() => overrideActivations(classifier(), { relu: guided, relu7: guided })).toThrow(
      new RangeError(
        'overrideActivations: no activation or layer class "relu7"; the model has "relu", "softmax", "Dense"',
      ),
    );
    const flat = sequential({ name: 'flat', layers: [layers.flatten({ inputShape: [2, 2] })] });
    expect(() => overrideActivations(flat, { relu: guided })).toThrow(
      new RangeError('overrideActivations: no activation or layer class "relu"; the model has none'),
    );
  });

  it('refuses an op of ours where a rule belongs', () => {
    // @ts-expect-error and the types refuse it too
    expect(() => overrideActivations(classifier(), guidedRelu)).toThrow(
      new TypeError(
        'overrideActivations: expected a gradient rule such as guided, got the op guidedRelu; ' +
          'pass { op: guidedRelu } to use an op in place of the activation',
      ),
    );
    // @ts-expect-error and the types refuse it too
    expect(() => overrideActivations(classifier(), { relu: withRule(tf.relu, guided) })).toThrow(
      new TypeError(
        'overrideActivations: expected a gradient rule such as guided for "relu", got the op withRule(relu); ' +
          'pass { op: withRule(relu) } to use an op in place of the activation',
      ),
    );
  });

  it('refuses what is no override', () => {
    for (const [wrong, got] of [
      [undefined, 'undefined'],
      ['guided', 'a string'],
      [[guided], 'a list with a function'],
    ] as const) {
      expect(() => overrideActivations(classifier(), wrong as unknown as Overrides)).toThrow(
        new TypeError(
          'overrideActivations: expected overrides to be a gradient rule such as guided, { op }, or a map to them from ' +
            `activations or layer classes, got ${got}`,
        ),
      );
    }
    // @ts-expect-error and the types refuse it too
    expect(() => overrideActivations(classifier(), { relu: 1 })).toThrow(
      new TypeError(
        'overrideActivations: expected a gradient rule such as guided, or { op }, for "relu", got a number',
      ),
    );
  });

  it('refuses what is no LayersModel', async () => {
    const wrong = (model: unknown) => () => overrideActivations(model as LayersModel, guided);
    const expected = 'overrideActivations: expected model to be a LayersModel';
    const graph = await loadNsfwModel('mobilenet_v2_mid');
    expect(wrong(graph)).toThrow(
      new TypeError(
        `${expected}, got a GraphModel, which has no layers to copy; use saliency(model, x, { rule })`,
      ),
    );
    graph.dispose();
    expect(wrong((x: Tensor) => x)).toThrow(
      new TypeError(
        `${expected}, got a function; use saliency(model, x, { rule }), or ops such as guidedRelu in it`,
      ),
    );
    expect(wrong(undefined)).toThrow(new TypeError(`${expected}, got undefined`));
    expect(wrong({})).toThrow(new TypeError(`${expected}, got an object of class Object`));
  });

  it('refuses a model that is not built', () => {
    expect(() => overrideActivations(sequential({ name: 'empty' }), guided)).toThrow(
      new Error('overrideActivations: the model "empty" is not built; give its first layer an inputShape'),
    );
  });

  describe('of a network of nsfwjs', () => {
    const networks = [
      ['mobilenet_v2', 224, { ReLU: 35, Dense: 2 }],
      ['inception_v3', 299, { Activation: 94, Dense: 2 }],
    ] as const;

    it.each(networks)('copies no byte of %s, and finds its rectifiers', async (name, _size, expected) => {
      const original = await loadNsfwModel(name);
      const before = tf.memory();
      overrideActivations(original, guided);
      expect(tf.memory().numTensors).toBe(before.numTensors);
      expect(tf.memory().numBytes).toBe(before.numBytes);
      const counts: Record<string, number> = {};
      for (const { replaced, layerClass } of describeOverrides(original, guided)) {
        if (replaced) counts[layerClass] = (counts[layerClass] ?? 0) + 1;
      }
      expect(counts).toEqual(expected);
      original.dispose();
    });

    it.for(networks)('predicts what %s predicts', async ([name, size], { skip }) => {
      skip(name === 'inception_v3' && tf.getBackend() !== 'wasm', 'takes minutes but on wasm');
      const original = await loadNsfwModel(name);
      const photo = await loadPhoto(size);
      await expectSamePredictions(original, overrideActivations(original, guided), photo);
      photo.dispose();
      original.dispose();
    });
  });
});
