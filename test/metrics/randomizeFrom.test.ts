import { memory, ones, tensor, tensor2d, type Tensor } from '@tensorflow/tfjs-core';
import { input as symbolic, layers, model as functional, type LayersModel } from '@tensorflow/tfjs-layers';
import { layersOf, prepare, saliency } from 'guided-saliency';
import { randomizeFrom, type RandomizeFromOptions } from 'guided-saliency/metrics';
import { describe, expect, it } from 'vitest';
import { rejection } from '../support/rejection';
import { rounded } from '../support/rounded';
import { network, uniform } from '../support/smallCams';
import { constant, input, op, tinyGraph } from '../support/tinyGraph';

const wrong = <T>(value: unknown) => value as T;

const dense = (name: string, units: number, seed: number) =>
  layers.dense({ name, units, kernelInitializer: uniform(seed), biasInitializer: uniform(seed + 50) });

/** Three layers of the same shape, and a last one. */
const deep = () =>
  network(
    [3],
    dense('a', 3, 1),
    dense('b', 3, 2),
    layers.batchNormalization({ name: 'norm', movingVarianceInitializer: 'ones' }),
    layers.reLU({ name: 'relu' }),
    dense('c', 3, 3),
    dense('scores', 2, 4),
  );

const weights = async (model: LayersModel, layer: string, outer?: string) => {
  const found = outer === undefined ? model.getLayer(layer) : within(model, outer, layer);
  return Promise.all(found.getWeights().map(async (weight) => [...(await weight.data())]));
};
const within = (model: LayersModel, outer: string, layer: string) =>
  (model.getLayer(outer) as unknown as Pick<LayersModel, 'getLayer'>).getLayer(layer);
const sorted = (values: readonly number[]) => [...values].sort((a, b) => a - b);

const graph = () =>
  tinyGraph(
    {
      x: input([null, 2]),
      mean: constant([0.5, 0.25]),
      centred: op('Sub', ['x', 'mean']),
      w: constant([1, 2, 3, 4, 5, 6], [2, 3]),
      hidden: op('MatMul', ['centred', 'w']),
      b: constant([0.1, 0.2, 0.3]),
      biased: op('BiasAdd', ['hidden', 'b']),
      scale: constant([2, 3, 4]),
      scaled: op('Mul', ['biased', 'scale']),
      relu: op('Relu', ['scaled']),
      v: constant([1, -2, 3, -4, 5, -6], [3, 2]),
      vAgain: op('Identity', ['v']),
      y: op('MatMul', ['relu', 'vAgain']),
    },
    ['y'],
  );
const constants = (model: object) =>
  (model as { executor: { weightMap: Record<string, Tensor[]> } }).executor.weightMap;
const changed = (model: object, from: object) => {
  const [now, before] = [constants(model), constants(from)];
  return Object.keys(before).filter((name) => now[name]![0]!.dataId !== before[name]![0]!.dataId);
};

describe('randomizeFrom', () => {
  it('makes the layers from the output down to the one named random, and shares the others', async () => {
    const model = deep();
    const copy = await randomizeFrom(model, 'b');
    for (const name of ['b', 'c', 'scores']) {
      const [before, after] = [await weights(model, name), await weights(copy, name)];
      expect(after.map(sorted)).toEqual(before.map(sorted));
      expect(after[0]).not.toEqual(before[0]);
    }
    for (const name of ['a', 'norm']) {
      const [theirs, ours] = [model, copy].map((each) => each.getLayer(name).getWeights());
      expect(ours!.map(({ dataId }) => dataId)).toEqual(theirs!.map(({ dataId }) => dataId));
    }
    copy.dispose();
    model.dispose();
  });

  it('gives layers of the same shape different orders, of all entries, the same on every backend', async () => {
    const model = deep();
    const numbered = Array.from({ length: 9 }, (_, i) => i);
    for (const name of ['a', 'b', 'c']) {
      model.getLayer(name).setWeights([tensor2d(numbered, [3, 3]), tensor([0, 0, 0])]);
    }
    const copy = await randomizeFrom(model, 'a', { seed: 7 });
    expect((await weights(copy, 'a'))[0]).toEqual(EXPECTED.a);
    expect((await weights(copy, 'b'))[0]).toEqual(EXPECTED.b);
    expect((await weights(copy, 'c'))[0]).toEqual(EXPECTED.c);
    const other = await randomizeFrom(model, 'a', { seed: 8 });
    expect((await weights(other, 'a'))[0]).not.toEqual(EXPECTED.a);
  });

  it('reaches every entry of a 1 × 1 kernel', async () => {
    const model = network([1, 1, 8], layers.conv2d({ name: 'conv', filters: 8, kernelSize: 1 }));
    const copy = await randomizeFrom(model, 'conv');
    const [before, after] = [(await weights(model, 'conv'))[0]!, (await weights(copy, 'conv'))[0]!];
    expect(after.filter((value, i) => value === before[i]).length).toBeLessThan(6);
  });

  it('is the same layer by layer in each order', async () => {
    const model = deep();
    const of = async (options: RandomizeFromOptions) => {
      const copy = await randomizeFrom(model, 'b', { seed: 3, ...options });
      const changedIn = await Promise.all(
        ['a', 'b', 'c', 'scores'].map(async (name) => {
          const [after, before] = [await weights(copy, name), await weights(model, name)];
          return JSON.stringify(after) === JSON.stringify(before) ? '' : name;
        }),
      );
      return { changed: changedIn.join(''), b: (await weights(copy, 'b'))[0] };
    };
    const [down, up, alone] = [
      await of({}),
      await of({ order: 'bottomUp' }),
      await of({ order: 'independent' }),
    ];
    expect([down.changed, up.changed, alone.changed]).toEqual(['bcscores', 'ab', 'b']);
    expect(up.b).toEqual(down.b);
    expect(alone.b).toEqual(down.b);
  });

  it('predicts and explains with its own weights, and leaves the model as it is', async () => {
    const model = network([2], dense('a', 2, 1), dense('b', 1, 2));
    const x = tensor2d([[1, -2]]);
    const before = await rounded(model.predict(x) as Tensor);
    const copy = await randomizeFrom(model, 'a', { seed: 1 });
    const [[a, biasA], [b, biasB]] = [await weights(copy, 'a'), await weights(copy, 'b')];
    const hidden = [0, 1].map((i) => a![i]! - 2 * a![i + 2]! + biasA![i]!);
    const y = hidden[0]! * b![0]! + hidden[1]! * b![1]! + biasB![0]!;
    expect((await (copy.predict(x) as Tensor).data())[0]).toBeCloseTo(y, 5);
    const dx = [0, 2].map((i) => a![i]! * b![0]! + a![i + 1]! * b![1]!);
    for (const explained of [copy, prepare(copy)]) {
      const map = await saliency(explained, x, { target: 0 }).data();
      map.forEach((value, i) => expect(value).toBeCloseTo(dx[i]!, 5));
    }
    expect(await rounded(model.predict(x) as Tensor)).toEqual(before);
  });

  it('starts layers anew as Keras does', async () => {
    const model = deep();
    const options = { how: 'reinitialize', batchNorms: true, seed: 2 } as const;
    const copy = await randomizeFrom(model, 'a', options);
    const kernels = await Promise.all(['a', 'b', 'c'].map(async (name) => (await weights(copy, name))[0]!));
    const limit = Math.sqrt(6 / (3 + 3));
    for (const kernel of kernels) {
      expect(Math.max(...kernel.map(Math.abs))).toBeLessThanOrEqual(limit);
      expect(Math.max(...kernel.map(Math.abs))).toBeGreaterThan(limit / 2);
    }
    expect(kernels[0]!.slice(0, 3).map((value) => Number(value.toFixed(5)))).toEqual(EXPECTED.anew);
    expect(kernels[0]).not.toEqual(kernels[1]);
    expect((await weights(copy, 'a'))[1]).toEqual([0, 0, 0]);
    expect(await weights(copy, 'norm')).toEqual([
      [1, 1, 1],
      [0, 0, 0],
      [0, 0, 0],
      [1, 1, 1],
    ]);
  });

  it('takes values that are given', async () => {
    const model = deep();
    const seen: unknown[] = [];
    const copy = await randomizeFrom(model, 'c', {
      how: (layer, { name, shape, values }) => {
        seen.push([layer, name, shape]);
        return values.map((value) => -value);
      },
    });
    expect(seen).toEqual([
      ['scores', 'kernel', [3, 2]],
      ['scores', 'bias', [2]],
      ['c', 'kernel', [3, 3]],
      ['c', 'bias', [3]],
    ]);
    expect((await weights(copy, 'c'))[0]).toEqual((await weights(model, 'c'))[0]!.map((value) => -value));
  });

  it('leaves batch norms alone unless they are asked for', async () => {
    const model = deep();
    model.getLayer('norm').setWeights(
      [
        [1, 2, 3],
        [4, 5, 6],
        [0, 1, 2],
        [1, 2, 3],
      ].map((row) => tensor(row)),
    );
    const without = await randomizeFrom(model, 'a');
    expect(await weights(without, 'norm')).toEqual(await weights(model, 'norm'));
    const alone = await randomizeFrom(model, 'norm', { order: 'independent', batchNorms: true, seed: 1 });
    const norm = await weights(alone, 'norm');
    expect(norm.map(sorted)).toEqual([
      [1, 2, 3],
      [4, 5, 6],
      [0, 1, 2],
      [1, 2, 3],
    ]);
    expect(norm).not.toEqual(await weights(model, 'norm'));
  });

  it('reaches nested models, wrapped layers and cells', async () => {
    const inner = network([4, 3], layers.timeDistributed({ name: 'times', layer: dense('wrapped', 3, 1) }));
    const x = symbolic({ shape: [4, 3] });
    const both = layers.bidirectional({
      name: 'both',
      layer: layers.lstm({ units: 2, recurrentInitializer: uniform(5), kernelInitializer: uniform(6) }),
      mergeMode: 'concat',
    } as never);
    const model = functional({ inputs: x, outputs: both.apply(inner.apply(x)) as never });
    const copy = await randomizeFrom(model, [inner.name, 'times']);
    const pairs = [
      [await weights(model, 'both'), await weights(copy, 'both')],
      [await weights(model, 'times', inner.name), await weights(copy, 'times', inner.name)],
    ] as const;
    expect(pairs[0][0].length).toBe(6);
    for (const [before, after] of pairs) {
      expect(after.map(sorted)).toEqual(before.map(sorted));
      before.forEach((values, i) => {
        if (new Set(values).size > 3) expect(after[i]).not.toEqual(values);
      });
    }
    const y = await rounded(copy.predict(ones([1, 4, 3])) as Tensor);
    expect(y).not.toEqual(await rounded(model.predict(ones([1, 4, 3])) as Tensor));
  });

  it('finds the kernels of a graph, with what is behind each, and leaves what prepares the input', async () => {
    const model = graph();
    const upper = await randomizeFrom(model, 'y');
    expect(changed(upper, model)).toEqual(['v']);
    const whole = await randomizeFrom(model, 'hidden', { seed: 4 });
    expect(changed(whole, model)).toEqual(['w', 'b', 'scale', 'v']);
    expect([...(await constants(whole)['w']![0]!.data())]).toEqual(EXPECTED.w);
    const anew = await randomizeFrom(model, 'hidden', { how: 'reinitialize' });
    expect([...(await constants(anew)['b']![0]!.data())]).toEqual([0, 0, 0]);
    expect([...(await constants(anew)['scale']![0]!.data())]).toEqual([1, 1, 1]);

    const x = tensor2d([[1, 2]]);
    const [w, b, scale, v] = await Promise.all(
      ['w', 'b', 'scale', 'v'].map(async (name) => [...(await constants(whole)[name]![0]!.data())]),
    );
    const hidden = [0, 1, 2].map((i) => (0.5 * w![i]! + 1.75 * w![i + 3]! + b![i]!) * scale![i]!);
    const y = [0, 1].map((k) => hidden.reduce((sum, value, i) => sum + value * v![2 * i + k]!, 0));
    const predicted = await (whole.predict(x) as Tensor).data();
    y.forEach((value, i) => expect(predicted[i]).toBeCloseTo(value, 3));
    const before = await rounded(model.predict(x) as Tensor);
    whole.dispose();
    expect(await rounded(model.predict(x) as Tensor)).toEqual(before);
  });

  it('owns what it changed, and no more', async () => {
    for (const [model, layer, owned] of [
      [deep(), 'b', 6],
      [graph(), 'hidden', 4],
    ] as const) {
      const before = memory().numTensors;
      const copy = await randomizeFrom<LayersModel>(model as LayersModel, layer);
      expect(memory().numTensors - before).toBe(owned);
      copy.dispose();
      expect(memory().numTensors).toBe(before);
      expect(layersOf(model).length).toBeGreaterThan(0);
      await (model.predict(ones([1, layer === 'b' ? 3 : 2])) as Tensor).data();
    }
  });

  it('leaves nothing where it stops', async () => {
    const model = deep();
    const control = new AbortController();
    const before = memory().numTensors;
    const how = () => {
      control.abort(new Error('enough'));
      return new Float32Array(6);
    };
    const stopped = randomizeFrom(model, 'a', {
      signal: control.signal,
      how: (_, { values }) => (how(), values),
    });
    expect(await rejection(() => stopped)).toBe('Error: enough');
    const few = randomizeFrom(model, 'a', { how: (layer, { values }) => (layer === 'a' ? [1] : values) });
    expect(await rejection(() => few)).toBe(
      'RangeError: randomizeFrom: expected how to give the 9 values of the kernel of "a", got 1',
    );
    expect(memory().numTensors).toBe(before);
  });

  it.each<[string, () => Promise<unknown>]>([
    [
      'RangeError: randomizeFrom: no layer "relu" with weights; those that have some are "a", "b", "c", "scores"',
      () => randomizeFrom(deep(), 'relu'),
    ],
    [
      'RangeError: randomizeFrom: no layer "score" with weights; did you mean "scores"? those that have some are "a", "b", "c", "scores"',
      () => randomizeFrom(deep(), 'score'),
    ],
    [
      'RangeError: randomizeFrom: no layer "norm" with weights; it is random with { batchNorms: true } only; those that have some are "a", "b", "c", "scores"',
      () => randomizeFrom(deep(), 'norm'),
    ],
    [
      'RangeError: randomizeFrom: found no layer with weights in the model; there is nothing to make random',
      () => randomizeFrom(network([2], layers.reLU({ name: 'relu' })), 'relu'),
    ],
    [
      'TypeError: randomizeFrom: expected model to be a LayersModel or a GraphModel, got a function; the weights of a function cannot be reached',
      () =>
        randomizeFrom(
          wrong<LayersModel>((y: Tensor) => y),
          'a',
        ),
    ],
    [
      "TypeError: randomizeFrom: expected layer to be a layer's name or a list of names, got 1; layersOf(model) lists the paths to choose from",
      () => randomizeFrom(deep(), wrong(1)),
    ],
    [
      'TypeError: randomizeFrom: expected how to be "shuffle", "reinitialize" or a function of a layer and a weight, got "reset"',
      () => randomizeFrom(deep(), 'a', { how: wrong('reset') }),
    ],
    [
      'RangeError: randomizeFrom: expected order to be one of "topDown", "bottomUp", "independent", got "down"',
      () => randomizeFrom(deep(), 'a', { order: wrong('down') }),
    ],
    [
      'RangeError: randomizeFrom: expected seed to be a whole number from 0 on, got -1',
      () => randomizeFrom(deep(), 'a', { seed: -1 }),
    ],
    [
      'TypeError: randomizeFrom: expected batchNorms to be true or false, got 1',
      () => randomizeFrom(deep(), 'a', { batchNorms: wrong(1) }),
    ],
    [
      'TypeError: randomizeFrom: no option "seeds"; did you mean "seed"?',
      () => randomizeFrom(deep(), 'a', wrong({ seeds: 1 })),
    ],
  ])('%s', async (message, call) => {
    expect(await rejection(call)).toBe(message);
  });
});

/** What a seed gives, on every backend. */
const EXPECTED = {
  a: [4, 8, 1, 6, 5, 2, 0, 3, 7],
  b: [6, 4, 8, 2, 7, 5, 0, 3, 1],
  c: [6, 5, 0, 3, 8, 7, 4, 1, 2],
  anew: [-0.8929, 0.16096, 0.72907],
  w: [6, 4, 3, 5, 1, 2],
};
