import * as tf from '@tensorflow/tfjs-core';
import type { Tensor } from '@tensorflow/tfjs-core';
import { input, layers, model, sequential } from '@tensorflow/tfjs-layers';
import type { LayersModel, SymbolicTensor } from '@tensorflow/tfjs-layers';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { copyModel } from '../../../src/overrides/copies/copyModel';
import type { Layer } from '../../../src/model/layers/layerGraph';
import type { LayerEdit } from '../../../src/overrides/copies/shadowLayer';
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
} from '../smallModels';

const copied = <M extends LayersModel>(original: M, edits: [Layer, LayerEdit][] = []) =>
  copyModel('copyIt', original, new Map(edits));

/** What of a model could be changed by looking at it: its lists of calls and fields. */
const footprint = (original: LayersModel) =>
  original.layers.map((layer) => [
    layer.name,
    layer.inboundNodes.length,
    layer.outboundNodes.length,
    Object.keys(layer).sort().join(' '),
    layer.weights.length,
  ]);

afterEach(() => vi.restoreAllMocks());

describe('copyModel', () => {
  it('predicts what the original predicts', async () => {
    for (const [original, x] of [
      [classifier(), sample(3, 4)],
      [nested(), sample(2, 6, 6, 2)],
      [spliced(), sample(3, 4)],
      [residual(), sample(2, 6, 6, 3)],
      [twins(), [sample(3, 4), tf.neg(sample(3, 4))]],
    ] as [LayersModel, Tensor | Tensor[]][]) {
      await expectSamePredictions(original, copied(original), x);
    }
  });

  it('is a model with the same layers by name, class and shape', () => {
    const original = residual();
    const copy = copied(original);
    const outline = (each: LayersModel) =>
      each.layers.map((layer) => [layer.name, layer.getClassName(), layer.outputShape]);
    expect(outline(copy)).toEqual(outline(original));
    expect(copy.getLayer('bn2')).toBe(copy.layers[original.layers.indexOf(original.getLayer('bn2'))]);
    expect(copy.inputs.map(({ shape }) => shape)).toEqual([[null, 6, 6, 3]]);
    expect(copy.outputs.map(({ shape }) => shape)).toEqual([[null, 3]]);
    expect([copy.name, copy.inputNames, copy.outputNames]).toEqual(['resnet', ['image'], ['predictions']]);
    expect(copy.getLayer('conv1').output).not.toBe(original.getLayer('conv1').output);
  });

  it('prints the summary of the original', () => {
    const lines = (each: LayersModel) => {
      const printed: string[] = [];
      each.summary(undefined, undefined, (line: string) => printed.push(line));
      return printed;
    };
    const original = nested();
    expect(lines(copied(original))).toEqual(lines(original));
  });

  it('is of the class of the original, Sequential or not', () => {
    const built = classifier();
    built.build();
    for (const original of [classifier(), built]) {
      const copy = copied(original);
      expect(copy.getClassName()).toBe('Sequential');
      expect(copy.countParams()).toBe(83); // 5 * 6 + 7 * 5 + 6 * 3
    }
  });

  it('shares the weights: no tensor is made, no byte copied', async () => {
    const original = nested();
    const before = tf.memory();
    const copy = copied(original);
    expect(tf.memory().numTensors).toBe(before.numTensors);
    expect(tf.memory().numBytes).toBe(before.numBytes);
    expect(copy.weights.length).toBe(6);
    copy.weights.forEach((weight, i) => expect(weight).toBe(original.weights[i]));
    await predictions(copy, sample(1, 6, 6, 2));
    copy.dispose();
    expect(tf.memory().numTensors).toBe(before.numTensors + 1);
  });

  it('leaves the original as it was, and usable', async () => {
    const warn = vi.spyOn(console, 'warn');
    const original = residual();
    const x = sample(2, 6, 6, 3);
    const [before, expected] = [footprint(original), await predictions(original, x)];
    const outputs = original.layers.map(({ output }) => output);
    const copy = copied(original);
    await predictions(copy, x);
    copy.dispose();
    expect(footprint(original)).toEqual(before);
    original.layers.forEach((layer, i) => expect(layer.output).toBe(outputs[i]));
    expect(await predictions(original, x)).toEqual(expected);
    expect(warn).not.toHaveBeenCalled();
  });

  it('leaves a Sequential that was never used unbuilt, and frozen weights frozen', async () => {
    const original = classifier();
    original.layers[0]!.trainable = false;
    const copy = copied(original);
    await predictions(copy, sample(1, 4));
    expect(original.built).toBe(false);
    expect(original.trainableWeights.length).toBe(4);
    await expectSamePredictions(original, copy, sample(1, 4));
  });

  it('does not use up names for layers or models', () => {
    const number = () => Number(/\d+$/.exec(layers.flatten().name)![0]);
    const models = () => Number(/\d+$/.exec(sequential().name)![0]);
    const original = nested();
    const [before, modelsBefore] = [number(), models()];
    copied(original);
    copied(classifier());
    expect([number(), models()]).toEqual([before + 1, modelsBefore + 1]);
  });

  it('makes one shadow of a layer that is used twice', () => {
    const original = twins();
    const copy = copied(original);
    const shared = copy.getLayer('shared');
    expect(shared.inboundNodes).toHaveLength(2);
    expect(shared.inboundNodes.every(({ outboundLayer }) => outboundLayer === shared)).toBe(true);
    expect((shared.getOutputAt(1) as SymbolicTensor).sourceLayer).toBe(shared);
    expect(copy.getLayer('sum').inboundNodes[0]!.inputTensors).toEqual([
      shared.getOutputAt(0),
      shared.getOutputAt(1),
    ]);
  });

  it('makes one shadow of a layer that is used at two depths', async () => {
    const shared = dense(4, 'relu', 'shared', [4]);
    const inner = sequential({ name: 'inner', layers: [shared] });
    const x = input({ shape: [4] });
    const y = shared.apply(inner.apply(x)) as SymbolicTensor;
    const original = model({ inputs: x, outputs: y });
    const copy = copied(original);
    expect(Reflect.get(copy.getLayer('inner'), 'layers')).toContain(copy.getLayer('shared'));
    await expectSamePredictions(original, copy, sample(2, 4));
  });

  it('keeps the numbers of calls, also where calls in other models are between', async () => {
    const shared = dense(3, 'relu', 'shared');
    const [a, b, c] = [input({ shape: [3] }), input({ shape: [3] }), input({ shape: [3] })];
    const outputs = [a, b, c].map((x) => shared.apply(x) as SymbolicTensor);
    const original = model({ inputs: [a, c], outputs: [outputs[0]!, outputs[2]!] });
    const other = model({ inputs: b, outputs: outputs[1]! });
    const copy = copied(original);
    const shadow = copy.getLayer('shared');
    expect(shadow.inboundNodes.map(({ outboundLayer }) => outboundLayer)).toEqual([shadow, shared, shadow]);
    expect(copied(other).getLayer('shared').inboundNodes).toHaveLength(2);
    await expectSamePredictions(original, copy, [sample(2, 3), tf.neg(sample(2, 3))]);
    await expectSamePredictions(other, copied(other), sample(2, 3));
  });

  it('has an output of its own where the original is part of another model', async () => {
    const base = classifier();
    const x = input({ shape: [4] });
    base.apply(x);
    const copy = copied(base);
    expect((copy.output as SymbolicTensor).shape).toEqual([null, 3]);
    await expectSamePredictions(base, copy, sample(2, 4));
  });

  it('makes one shadow of a model that is used twice', async () => {
    const inner = classifier();
    const [a, b] = [input({ shape: [4] }), input({ shape: [4] })];
    const both = [inner.apply(a), inner.apply(b)] as SymbolicTensor[];
    const original = model({ inputs: [a, b], outputs: layers.multiply().apply(both) as SymbolicTensor });
    const copy = copied(original);
    expect(copy.getLayer('classifier').inboundNodes).toHaveLength(3); // one of them within
    await expectSamePredictions(original, copy, [sample(2, 4), tf.neg(sample(2, 4))]);
  });

  it('keeps masks', async ({ skip }) => {
    skip(tf.getBackend() === 'webgpu', 'TF.js makes a shader of masking there that does not compile');
    const original = sequential({
      layers: [
        layers.masking({ maskValue: 0, inputShape: [4, 2] }),
        layers.simpleRNN({ units: 3, activation: 'relu', returnSequences: true, ...recurrent('rnn') }),
        layers.timeDistributed({ layer: dense(2, 'relu', 'each') }),
      ],
    });
    const x = tf.mul(sample(2, 4, 2), tf.tensor3d([1, 0, 1, 0], [1, 4, 1]));
    await expectSamePredictions(original, copied(original), x);
  });

  it('copies a model whose output is an input', async () => {
    const x = input({ shape: [3] });
    const original = model({
      inputs: x,
      outputs: [dense(2, 'relu', 'hidden').apply(x) as SymbolicTensor, x],
    });
    await expectSamePredictions(original, copied(original), sample(2, 3));
  });

  it('copies a model with symbolic shapes that nobody knows', async () => {
    const x = input({ shape: [null, null, 1], name: 'any' });
    const y = layers
      .globalMaxPooling2d({ name: 'max' })
      .apply(conv(2, 'relu', 'conv').apply(x)) as SymbolicTensor;
    const original = model({ inputs: x, outputs: y });
    const copy = copied(original);
    expect(copy.inputs[0]!.shape).toEqual([null, null, null, 1]);
    await expectSamePredictions(original, copy, sample(1, 5, 7, 1));
  });

  it('keeps the arguments of calls: the initial state of an RNN', async () => {
    const [x, state] = [input({ shape: [3, 2] }), input({ shape: [4] })];
    const rnn = layers.simpleRNN({ units: 4, activation: 'relu', ...recurrent('rnn') });
    const y = rnn.apply(x, { initialState: [state] }) as SymbolicTensor;
    const original = model({ inputs: [x, state], outputs: y });
    const copy = copied(original);
    const { initialState } = copy.layers.find(({ name }) => name === rnn.name)!.inboundNodes[0]!.callArgs as {
      initialState: SymbolicTensor[];
    };
    expect(initialState[0]).toBe(copy.inputs[1]);
    await expectSamePredictions(original, copy, [sample(2, 3, 2), sample(2, 4)]);
  });

  it('keeps the arguments of calls that are no tensors', () => {
    const args = { training: true, note: null, sizes: [2, { of: 'it' }] };
    const x = input({ shape: [3] });
    const y = layers.dropout({ rate: 0.5, name: 'drop' }).apply(x, args) as SymbolicTensor;
    const copy = copied(model({ inputs: x, outputs: dense(2, 'relu', 'out').apply(y) as SymbolicTensor }));
    expect(copy.getLayer('drop').inboundNodes[0]!.callArgs).toEqual(args);
  });

  it('starts a stateful RNN from the state of the original, and moves neither on', async () => {
    const rnn = layers.simpleRNN({
      units: 3,
      activation: 'relu',
      stateful: true,
      batchInputShape: [2, 4, 2],
      name: 'rnn',
      ...recurrent('rnn'),
    });
    const original = sequential({ layers: [rnn] });
    const x = sample(2, 4, 2);
    const copy = copied(original);
    const first = await predictions(copy, x);
    expect(await predictions(copy, x)).toEqual(first);
    expect(await predictions(original, x)).toEqual(first);
    const second = await predictions(copy, x);
    expect(second).not.toEqual(first);
    expect(await predictions(original, x)).toEqual(second);
    original.resetStates();
    expect(await predictions(copy, x)).toEqual(first);
    expect(copy.stateful).toBe(false);
  });

  it('shows what becomes of the weights of the original', async () => {
    const original = nested();
    const copy = copied(original);
    const x = sample(1, 6, 6, 2);
    const before = await predictions(copy, x);
    tf.tidy(() => original.setWeights(original.getWeights().map((weight) => tf.mul(weight, 2))));
    await expectSamePredictions(original, copy, x);
    expect(await predictions(copy, x)).not.toEqual(before);
  });

  it('can be a layer of another model, and be disposed with it', async () => {
    const original = classifier();
    const copy = copied(original);
    const x = input({ shape: [4] });
    const outer = model({ inputs: x, outputs: copy.apply(x) as SymbolicTensor });
    await expectSamePredictions(original, outer, sample(2, 4));
    outer.dispose();
    expect(() => copy.predict(sample(1, 4))).toThrow(
      new Error('copyIt: the copy of "classifier" is disposed'),
    );
    expect(await predictions(original, sample(1, 4))).toHaveLength(1);
  });

  it('can be copied again, with what was edited', async () => {
    const original = classifier();
    const identity = (x: Tensor | Tensor[]) => tf.clone(Array.isArray(x) ? x[0]! : x);
    const copy = copied(original, [[original.layers[2]!, { call: identity }]]);
    const again = copied(copy);
    const [hidden] = await predictions(again, sample(2, 4));
    expect(hidden).toHaveLength(2 * 5); // without the last layer
    await expectSamePredictions(copy, again, sample(2, 4));
    again.dispose();
    expect(await predictions(copy, sample(2, 4))).toEqual([hidden]);
  });

  it('puts edited fields and calls in place, in that layer only', async () => {
    const original = sequential({
      layers: [dense(2, 'linear', 'first', [2]), layers.reLU({ name: 'rectifier' })],
    });
    const negated = (x: Tensor | Tensor[]) => tf.neg(Array.isArray(x) ? x[0]! : x);
    const x = sample(3, 2);
    await predictions(original, x); // tfjs-layers remembers by names how to run what it ran before
    const [first, rectifier] = original.layers as [Layer, Layer];
    const copy = copied(original, [
      [rectifier, { call: negated }],
      [first, { fields: { useBias: 'no' } }],
    ]);
    expect((copy.layers[0] as Layer & { useBias: unknown }).useBias).toBe('no');
    expect((original.layers[0] as Layer & { useBias: unknown }).useBias).toBe(true);
    const linear = model({ inputs: original.inputs, outputs: original.layers[0]!.output });
    const [values] = await predictions(linear, x);
    expect(await predictions(copy, x)).toEqual([values!.map((value) => -value)]);
  });

  it('runs a custom layer with private fields, which only its own object has', async () => {
    class Scaled extends layers.Layer {
      static className = 'Scaled';
      readonly #factor = 3;
      override call(x: Tensor | Tensor[]) {
        return tf.mul(Array.isArray(x) ? x[0]! : x, this.#factor);
      }
    }
    const original = sequential({ layers: [dense(2, 'relu', 'first', [2]), new Scaled({ name: 'scaled' })] });
    await expectSamePredictions(original, copied(copied(original)), sample(3, 2));
  });

  it('reaches the layers that a custom layer keeps in its fields', () => {
    class Block extends layers.Layer {
      static className = 'Block';
      readonly first = dense(3, 'relu', 'first');
      readonly more = [dense(3, 'relu', 'second')];
      readonly self = [this as Layer];
      override build(shape: [number, number]) {
        for (const layer of [this.first, ...this.more]) layer.build(shape);
        super.build(shape);
      }
      override call(x: Tensor | Tensor[]) {
        return this.more[0]!.call(this.first.call(x, {}), {});
      }
    }
    const original = sequential({ layers: [new Block({ name: 'block', inputShape: [3] })] });
    const { first } = original.layers[0] as Block;
    const copy = copied(original, [[first, { call: (x) => x }]]);
    const shadow = copy.layers[0] as Block;
    expect(shadow.first).not.toBe(first);
    expect(shadow.more[0]).not.toBe((original.layers[0] as Block).more[0]);
    expect(shadow.self[0]).toBe(shadow);
  });

  it('makes no trouble of several models at once', async () => {
    const originals = [classifier(), classifier()];
    const copies = originals.map((original) => copied(original));
    const x = sample(2, 4);
    for (const i of [0, 1, 0, 1]) await expectSamePredictions(originals[i]!, copies[i]!, x);
  });

  it('does not go on when the original is disposed', () => {
    for (const original of [nested(), classifier(), residual()]) {
      const copy = copied(original);
      const x = sample(1, ...(copy.inputs[0]!.shape.slice(1) as number[]));
      original.dispose();
      const message = new Error(
        `copyIt: the copy of "${copy.name}" has lost its weights, as the original is disposed; ` +
          'keep the original while the copy is in use',
      );
      const before = tf.memory().numTensors;
      expect(() => copy.predict(x)).toThrow(message);
      expect(() => copy.predictOnBatch(x)).toThrow(message);
      expect(() => copy.apply(x)).toThrow(message);
      expect(() => copy.getWeights()).toThrow(message);
      expect(() => copy.layers[1]!.apply(x)).toThrow(message);
      expect(tf.memory().numTensors).toBe(before);
      copy.dispose();
    }
  });

  it('can be disposed once, before or after the original', async () => {
    const original = classifier();
    const copy = copied(original);
    expect(copy.dispose()).toEqual({ refCountAfterDispose: 0, numDisposedVariables: 0 });
    expect(() => copy.dispose()).toThrow(new Error('copyIt: the copy of "classifier" is already disposed'));
    expect(() => copy.predict(sample(1, 4))).toThrow(
      new Error('copyIt: the copy of "classifier" is disposed'),
    );
    expect(() => copy.layers[1]!.apply(sample(1, 6))).toThrow(
      new Error('copyIt: the copy of "classifier" is disposed'),
    );
    await predictions(original, sample(1, 4));
    expect(original.dispose().numDisposedVariables).toBe(6);
  });

  it('leaves the weights alone when one of its layers is disposed', async () => {
    const original = classifier();
    const copy = copied(original);
    expect(copy.layers[0]!.dispose().numDisposedVariables).toBe(0);
    await expectSamePredictions(original, copy, sample(1, 4));
  });

  it('refuses what would reach through to the original, or needs its optimizer', async () => {
    const original = classifier();
    original.compile({ optimizer: 'sgd', loss: 'meanSquaredError' });
    const copy = copied(original);
    const refusal = (method: string, verb = 'call') =>
      new Error(
        `${method}: a copy made by copyIt only predicts and explains; ${verb} ${method} on the original`,
      );
    const [x, y] = [sample(2, 4), sample(2, 3)];
    const methods: Record<string, () => unknown> = {
      compile: () => copy.compile({ optimizer: 'sgd', loss: 'meanSquaredError' }),
      evaluate: () => copy.evaluate(x, y),
      setWeights: () => copy.setWeights(original.getWeights()),
      loadWeights: () => copy.loadWeights({}),
      toJSON: () => copy.toJSON(),
      getConfig: () => copy.getConfig() as unknown,
      add: () => copy.add(layers.flatten()),
      pop: () => copy.pop(),
    };
    for (const [method, run] of Object.entries(methods)) expect(run, method).toThrow(refusal(method));
    await expect(copy.fit(x, y)).rejects.toThrow(refusal('fit'));
    await expect(copy.trainOnBatch(x, y)).rejects.toThrow(refusal('trainOnBatch'));
    await expect(copy.save('localstorage://x')).rejects.toThrow(refusal('save'));
    await expect(copy.fitDataset(undefined as never, undefined as never)).rejects.toThrow(
      refusal('fitDataset'),
    );
    await expect(copy.evaluateDataset(undefined as never, undefined as never)).rejects.toThrow(
      refusal('evaluateDataset'),
    );
    expect(() => copy.layers[0]!.setWeights([])).toThrow(refusal('setWeights'));
    expect(() => (copy.trainable = false)).toThrow(refusal('trainable', 'set'));
    expect(() => (copy.layers[0]!.trainable = false)).toThrow(refusal('trainable', 'set'));
    expect([copy.trainable, original.trainableWeights.length]).toEqual([true, 6]);
  });

  it('copies a convolutional model with several branches and a deep chain', async () => {
    const x = input({ shape: [5, 5, 1] });
    let y = x;
    for (let i = 0; i < 40; i++) y = conv(1, 'relu', `deep${i}`).apply(y) as SymbolicTensor;
    const both = layers
      .concatenate()
      .apply([y, conv(2, 'elu', 'beside').apply(x) as SymbolicTensor]) as SymbolicTensor;
    const original = model({ inputs: x, outputs: both });
    await expectSamePredictions(original, copied(original), sample(2, 5, 5, 1));
  });
});
