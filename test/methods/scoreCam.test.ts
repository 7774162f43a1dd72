import {
  add,
  matMul,
  memory,
  mul,
  ones,
  randomUniform,
  reshape,
  slice,
  square,
  sub,
  sum,
  tensor,
  tensor1d,
  tensor4d,
  type Tensor,
} from '@tensorflow/tfjs-core';
import { input, layers, model as functional } from '@tensorflow/tfjs-layers';
import type { LayersModel, SymbolicTensor } from '@tensorflow/tfjs-layers';
import { explain, prepare, running, saliency, scoreCam } from 'guided-saliency';
import type { PassOptions, ScoreCamOptions } from 'guided-saliency';
import { describe, expect, it } from 'vitest';
import { abortedAfter } from '../support/abortedAfter';
import { bothFormats, graphOf, toFront } from '../support/channelsFirst';
import { enlarged } from '../support/enlarged';
import { expectSame } from '../support/expectSame';
import { rejection } from '../support/rejection';
import { rounded } from '../support/rounded';
import { chained, network, uniform } from '../support/smallCams';
import { thinned } from '../support/thinned';
import { stack } from '../support/tinyLayers';

/** With sums of 20/3 and 10/3 under the masks below, exponentials of 3 to 1. */
const third = 0.3 * Math.log(3);

/** Channels `w x + b` of an image 2 x 2, by pixels; the scores are of the sum of what is shown. */
function linear(weights: number[], biases: number[]): LayersModel {
  const x = input({ shape: [2, 2, 1] });
  const channels = chained(
    x,
    layers.conv2d({
      name: 'a',
      filters: weights.length,
      kernelSize: 1,
      weights: [tensor4d(weights, [1, 1, 1, weights.length]), tensor1d(biases)],
    }),
  );
  // the first channel is a x + b: its sum less 4 b is a times what is shown
  const first = chained(
    channels,
    layers.flatten(),
    layers.dense({
      units: 2,
      weights: [
        tensor(
          Array.from({ length: 4 * weights.length }, (_, i) =>
            i % weights.length === 0 ? [third / weights[0]!, -third / weights[0]!] : [0, 0],
          ),
        ),
        tensor1d([-4, 4].map((sign) => (sign * biases[0]! * third) / weights[0]!)),
      ],
    }),
  );
  return functional({ inputs: x, outputs: first });
}
const pixels = tensor([1, 2, 3, 4], [1, 2, 2, 1]);

/** A head whose score differs from cell to cell, and is no linear function of the input. */
const head = (seed: number) => [
  layers.flatten(),
  layers.dense({ units: 5, activation: 'relu', kernelInitializer: uniform(seed) }),
  layers.dense({ units: 3, activation: 'softmax', kernelInitializer: uniform(seed + 1), name: 'scores' }),
];
const conv = (name: string, seed: number, more: object = {}) =>
  layers.conv2d({
    name,
    filters: 4,
    kernelSize: 3,
    activation: 'relu',
    kernelInitializer: uniform(seed),
    ...more,
  });
const picture = () => network([6, 5, 2], conv('a', 3), ...head(4));
const two = randomUniform([2, 6, 5, 2], -1, 1, 'float32', 2);

const signal = () =>
  network(
    [7, 2],
    layers.conv1d({
      name: 'a',
      filters: 3,
      kernelSize: 3,
      activation: 'tanh',
      kernelInitializer: uniform(1),
    }),
    ...head(8),
  );
const volume = () =>
  network(
    [3, 4, 3, 1],
    layers.conv3d({
      name: 'a',
      filters: 3,
      kernelSize: 2,
      activation: 'relu',
      kernelInitializer: uniform(6),
    }),
    ...head(10),
  );

/** Channel after channel; the scores are the logarithms of what a softmax gives, which it does not change. */
async function byLoops(
  score: (x: Tensor) => Tensor,
  x: Tensor,
  y: Tensor,
  target: number,
  signed: boolean,
): Promise<number[]> {
  const [batch = 1, ...sizes] = x.shape;
  const space = y.shape.slice(1, -1);
  const channels = y.shape[y.shape.length - 1]!;
  const [xs, ys] = [await x.data(), await y.data()];
  const [perX, perY] = [xs.length / batch, ys.length / batch];
  const map: number[] = [];
  for (let b = 0; b < batch; b++) {
    const scores: number[] = [];
    const maps: number[][] = [];
    for (let c = 0; c < channels; c++) {
      const values = Array.from({ length: perY / channels }, (_, i) => ys[b * perY + i * channels + c]!);
      maps.push(values);
      const large = enlarged(values, space, sizes.slice(0, -1));
      const [low, high] = [Math.min(...large), Math.max(...large)];
      const mask = large.map((value) => (high > low ? (value - low) / (high - low) : 0));
      const depth = sizes[sizes.length - 1]!;
      const shown = Array.from({ length: perX }, (_, i) => xs[b * perX + i]! * mask[Math.floor(i / depth)]!);
      const given = await score(tensor(shown, [1, ...sizes])).data();
      scores.push(given[target]!);
    }
    const exponentials = scores.map((value) => Math.exp(value));
    const all = exponentials.reduce((a, b) => a + b, 0);
    for (let i = 0; i < perY / channels; i++) {
      const value = maps.reduce((total, each, c) => total + (exponentials[c]! / all) * each[i]!, 0);
      map.push(signed ? value : Math.max(value, 0));
    }
  }
  return map;
}

/** The scores before the softmax. */
function logitsOf(model: LayersModel): (x: Tensor) => Tensor {
  const last = model.getLayer('scores');
  const before = functional({ inputs: model.inputs, outputs: last.input });
  const [kernel, bias] = last.getWeights() as [Tensor, Tensor];
  return (x) => add(matMul(before.predict(x) as Tensor, kernel), bias);
}

describe('scoreCam', () => {
  it('is the mean of the channels, weighed by a softmax of the scores under them as masks', async () => {
    // channels x and 5 - x: masks 0, 1/3, 2/3, 1 and 1, 2/3, 1/3, 0, under which x sums to 20/3 and 10/3
    const model = linear([1, -1], [0, 5]);
    const options = { target: 0, layer: 'a' };
    const map = await scoreCam(model, pixels, options);
    expect(scoreCam.name).toBe('scoreCam');
    expect(map.shape).toEqual([1, 2, 2]);
    // 3/4 x + 1/4 (5 - x), and the other way round
    expect(await rounded(map)).toEqual([1.75, 2.25, 2.75, 3.25]);
    expect(await rounded(await scoreCam(model, pixels, { ...options, target: 1 }))).toEqual([
      3.25, 2.75, 2.25, 1.75,
    ]);
  });

  it('shows what is below 0 only with signed', async () => {
    const model = linear([1, -1], [-3, 2]); // x - 3 and 2 - x
    const options = { target: 0, layer: 'a' };
    // x / 2 - 7/4
    const signed = [-1.25, -0.75, -0.25, 0.25];
    expect(await rounded(await scoreCam(model, pixels, { ...options, signed: true }))).toEqual(signed);
    expect(await rounded(await scoreCam(model, pixels, options))).toEqual([0, 0, 0, 0.25]);
    expect(await rounded(await scoreCam(model, pixels, { ...options, signed: false }))).toEqual([
      0, 0, 0, 0.25,
    ]);
  });

  it('hides everything under a channel that is the same everywhere', async () => {
    // 20/3 to 0: 9 to 1; x and 5
    const map = await scoreCam(linear([1, 0], [0, 5]), pixels, { target: 0, layer: 'a' });
    expect(await rounded(map)).toEqual([1.4, 2.3, 3.2, 4.1]);
    // also where that is no number that can be halved, and is enlarged
    const flat = layers.conv2d({
      name: 'flat',
      filters: 2,
      kernelSize: 3,
      weights: [
        tensor4d(
          [...Array(9).keys()].flatMap((i) => [Math.sin(i), 0]),
          [3, 3, 1, 2],
        ),
        tensor1d([0, 0.7]),
      ],
    });
    const model = network([7, 7, 1], flat, layers.flatten(), layers.dense({ units: 2 }));
    const x = randomUniform([1, 7, 7, 1], 0, 1, 'float32', 1);
    const { at } = await explain(saliency, model, x, { target: 0, at: ['flat'] });
    const score = (given: Tensor) => model.predict(given) as Tensor;
    const wanted = await byLoops(score, x, at![0]!.y, 0, true);
    const got = await scoreCam(model, x, { target: 0, layer: 'flat', signed: true });
    await expectSame(got, tensor(wanted, [1, 5, 5]));
  });

  it.each(
    thinned(
      [
        ['an image', picture(), two, [2, 4, 3]],
        ['a signal', signal(), randomUniform([3, 7, 2], -1, 1, 'float32', 1), [3, 5]],
        ['a volume', volume(), randomUniform([2, 3, 4, 3, 1], -1, 1, 'float32', 3), [2, 2, 3, 2]],
      ] as const,
      2,
    ),
  )('is what loops make of %s, however many passes are made at once', async (_name, model, x, shape) => {
    const { at } = await explain(saliency, model, x, { target: 1, at: ['a'] });
    for (const signed of [false, true]) {
      const wanted = tensor(await byLoops(logitsOf(model), x, at![0]!.y, 1, signed), [...shape]);
      for (const batchSize of [undefined, 1, 3, 50]) {
        const options = { target: 1, layer: 'a', signed, ...(batchSize ? { batchSize } : {}) };
        await expectSame(await scoreCam(model, x, options), wanted);
      }
    }
  });

  it('is of the probability where that is asked for', async () => {
    const model = picture();
    const { at } = await explain(saliency, model, two, { target: 1, at: ['a'] });
    const score = (x: Tensor) => model.predict(x) as Tensor;
    const wanted = tensor(await byLoops(score, two, at![0]!.y, 1, false), [2, 4, 3]);
    await expectSame(await scoreCam(model, two, { target: 1, score: 'probability' }), wanted);
    await expect(expectSame(await scoreCam(model, two, { target: 1 }), wanted, 1e-3)).rejects.toThrow();
  });

  it('gives weights that sum to 1: what is added to all channels is added to the map', async () => {
    const options = { target: 1, layer: 'a', signed: true };
    const map = await scoreCam(picture(), two, options);
    const raised = await scoreCam(picture(), two, { ...options, reshape: (y) => add(y, 10) });
    await expectSame(sub(raised, map), mul(ones([2, 4, 3]), 10));
  });

  it('takes the last layer with space, the classes of the input itself, and each sample as if alone', async () => {
    const model = picture();
    const { map, classes, value, record } = await explain(scoreCam, model, two);
    const top = [...(await classes!.data())];
    expect(record.options).toEqual({ target: top, score: 'logit', layer: 'a', signed: false });
    expect(record.passes).toBe(4);
    expect(record.overridden).toEqual([]);
    expect(await value.data()).toEqual(
      await (await explain(saliency, model, two, { target: top })).value.data(),
    );
    await expectSame(await scoreCam(model, two, { target: top }), map);
    for (const [i, target] of top.entries()) {
      const alone = await scoreCam(model, slice(two, [i, 0, 0, 0], [1, 6, 5, 2]), { target });
      await expectSame(alone, slice(map, [i, 0, 0], [1, 4, 3]));
    }
    const options = JSON.parse(JSON.stringify(record.options)) as ScoreCamOptions;
    await expectSame((await explain(scoreCam, model, two, options)).map, map);
  });

  it('takes any layer, by its path, and any target', async () => {
    const inner = network([6, 5, 2], conv('deep', 1), conv('deeper', 2, { kernelSize: 2 }));
    inner.name = 'inner';
    const model = network([6, 5, 2], inner, ...head(4));
    const of = (options: ScoreCamOptions) => scoreCam(model, two, { target: 1, ...options });
    expect((await of({ layer: ['inner', 'deep'] })).shape).toEqual([2, 4, 3]);
    const deeper = await of({ layer: { layer: ['inner', 'deeper'] } });
    expect(deeper.shape).toEqual([2, 3, 2]);
    await expectSame(await of({}), deeper);
    await expect(expectSame(await of({ target: 0 }), deeper, 1e-3)).rejects.toThrow();
    const target = (y: Tensor) => reshape(slice(y, [0, 1], [-1, 1]), [-1]);
    await expectSame(await of({ target, score: 'logit' }), deeper);
    const place = { layer: 'scores', channel: 1 };
    await expectSame(await of({ target: place }), await of({ score: 'probability' }));
  });

  it('is the same of a GraphModel, a prepared model, and with the channels first', async () => {
    const x = randomUniform([2, 4, 5, 2], -1, 1, 'float32', 3);
    const options = { target: 1, signed: true };
    const graph = graphOf('last');
    const { map, record } = await explain(scoreCam, graph, x, options);
    expect(record.options.layer).toBe('r');
    const { at } = await explain(saliency, graph, x, { target: 1, at: ['r'] });
    const score = (given: Tensor) => graph.execute(given) as Tensor;
    await expectSame(map, tensor(await byLoops(score, x, at![0]!.y, 1, true), [2, 3, 4]));
    await expectSame(await scoreCam(graphOf('first'), toFront(x), options), map);

    const { front, back } = bothFormats();
    const last = await scoreCam(back, x, options);
    await expectSame(await scoreCam(front, toFront(x), options), last);
    const prepared = prepare(front);
    await expectSame(await scoreCam(prepared, toFront(x), options), last);
    prepared.dispose();
  });

  it('takes a model that is fixed to one sample', async () => {
    const x = input({ batchShape: [1, 6, 5, 2] });
    const model = functional({ inputs: x, outputs: chained(x, conv('a', 3), ...head(4)) });
    await expectSame(
      await scoreCam(model, two, { target: 1 }),
      await scoreCam(picture(), two, { target: 1 }),
    );
  });

  it('masks the inputs that lead to the layer and have its axes, and leaves others as they are', async () => {
    // an image beside a number that its score is multiplied by
    const [image, gain] = [input({ shape: [6, 5, 2], name: 'image' }), input({ shape: [1], name: 'gain' })];
    const scores = chained(
      image,
      conv('a', 3),
      layers.flatten(),
      layers.dense({ units: 1, kernelInitializer: uniform(5) }),
    );
    const scaled = layers.multiply().apply([scores, gain]) as SymbolicTensor;
    const model = functional({ inputs: [image, gain], outputs: scaled });
    const alone = functional({ inputs: image, outputs: scores });
    const options = { target: 0, layer: 'a' };
    const map = await scoreCam(model, { gain: tensor([[2], [2]]), image: two }, options);
    const { at } = await explain(saliency, alone, two, { target: 0, at: ['a'] });
    const twice = (x: Tensor) => mul(alone.predict(x) as Tensor, 2);
    await expectSame(map, tensor(await byLoops(twice, two, at![0]!.y, 0, false), [2, 4, 3]));
  });

  it('masks that of two images which the layer was called with', async () => {
    const xs = ['left', 'right'].map((name) => input({ shape: [6, 5, 2], name }));
    const inner = network([6, 5, 2], conv('deep', 3));
    inner.name = 'inner';
    const flat = xs.map((x) => chained(x, inner, layers.flatten()));
    const joined = layers.concatenate().apply(flat) as SymbolicTensor;
    const kernelInitializer = uniform(5);
    const twin = functional({
      inputs: xs,
      outputs: chained(joined, layers.dense({ units: 1, kernelInitializer })),
    });
    const other = randomUniform([2, 6, 5, 2], -1, 1, 'float32', 7);
    for (const [node, x] of [two, other].entries()) {
      const layer = { layer: ['inner', 'deep'], node: [node, 0] };
      const map = await scoreCam(twin, [two, other], { target: 0, layer });
      const { at } = await explain(saliency, twin, [two, other], { target: 0, at: [layer] });
      for (const b of [0, 1]) {
        const one = (from: Tensor) => slice(from, [b, 0, 0, 0], [1, -1, -1, -1]);
        const score = (shown: Tensor) =>
          twin.predict(node === 0 ? [shown, one(other)] : [one(two), shown]) as Tensor;
        const wanted = await byLoops(score, one(x), one(at![0]!.y), 0, false);
        await expectSame(slice(map, [b, 0, 0], [1, 4, 3]), tensor(wanted, [1, 4, 3]));
      }
    }
  });

  it('turns tokens into a map with reshape, and the map into masks', async () => {
    const body = [
      layers.conv2d({
        name: 'patches',
        filters: 3,
        kernelSize: 2,
        strides: 2,
        kernelInitializer: uniform(1),
      }),
      layers.reshape({ name: 'tokens', targetShape: [6, 3] }),
      layers.activation({ name: 'mixed', activation: 'tanh' }),
      layers.flatten(),
      layers.dense({ units: 2, kernelInitializer: uniform(2) }),
    ];
    const model = network([4, 6, 1], ...body);
    const x = randomUniform([2, 4, 6, 1], -1, 1, 'float32', 5);
    const options = { target: 1, signed: true };
    const asMap = (y: Tensor) => reshape(y, [-1, 2, 3, 3]);
    const { map, record } = await explain(scoreCam, model, x, { ...options, reshape: asMap });
    expect([record.options.layer, record.options.reshape]).toEqual([
      'mixed',
      'a function, "asMap"; give it again',
    ]);
    const { at } = await explain(saliency, model, x, { target: 1, at: ['mixed'] });
    const score = (given: Tensor) => model.predict(given) as Tensor;
    await expectSame(map, tensor(await byLoops(score, x, asMap(at![0]!.y), 1, true), [2, 2, 3]));
    expect(await rejection(() => scoreCam(model, x, options))).toBe(
      'RangeError: scoreCam: expected reshape for "mixed", whose [2, 6, 3] are tokens of an image; give e.g. ' +
        '(y) => tf.reshape(y, [-1, height, width, 3]), or (y) => y to keep them in a row',
    );
    expect(await rejection(() => scoreCam(model, x, { ...options, reshape: (y) => y }))).toBe(
      'RangeError: scoreCam: cannot lay the channels of "mixed", [6], over an input of shape [2, 4, 6, 1], whose ' +
        'axes are others; choose another layer, or give it the axes of the input with reshape',
    );
  });

  it('comes along with its standard error, exact in the end', async () => {
    // three channels: x, 5 - x and 2 x - 1; spread out they are scored in the order 0, 2, 1
    const model = linear([1, -1, 2], [0, 5, -1]);
    const steps: [number, number][] = [];
    const options = {
      target: 0,
      layer: 'a',
      signed: true,
      batchSize: 1,
      onProgress: (...step: [number, number]) => steps.push(step),
    };
    const seen: number[][] = [];
    for await (const { map, standardError, total } of running(scoreCam, model, pixels, options)) {
      expect(total).toBe(3);
      seen.push(await rounded(map), await rounded(standardError));
    }
    expect(steps).toEqual([
      [1, 3],
      [2, 3],
      [3, 3],
    ]);
    expect(seen).toEqual([
      [1, 2, 3, 4],
      [NaN, NaN, NaN, NaN],
      // 2 x - 1 has the mask of x: both count half, (3 x - 1) / 2, off by (x - 1) / 2 each
      [1, 2.5, 4, 5.5],
      // √(2 · 2 (d/2)² (1 - 2/3)), d = (x - 1) / 2
      [0, 0.28868, 0.57735, 0.86603],
      // 3/7 x + 3/7 (2 x - 1) + 1/7 (5 - x)
      [10, 18, 26, 34].map((value) => Number((value / 7).toPrecision(5))),
      [0, 0, 0, 0],
    ]);
  });

  it('does not know its standard error while one channel has nearly all the weight', async () => {
    // x and 5 - x come first, their weights 27 to 1
    const model = linear([1, 2, -1], [0, -1, 5]);
    const seen: number[][] = [];
    for await (const { map, standardError } of running(scoreCam, model, mul(pixels, 3), {
      target: 0,
      layer: 'a',
      batchSize: 1,
    })) {
      seen.push(await rounded(standardError));
      map.dispose();
    }
    const [unknown, zero] = [NaN, 0].map((value) => Array<number>(4).fill(value));
    expect(seen).toEqual([unknown, unknown, zero]);
  });

  it('stops where its standard error is small enough', async () => {
    const many = network([6, 5, 2], conv('a', 3, { filters: 30 }), ...head(4));
    const whole = await explain(scoreCam, many, two, { target: 1, batchSize: 2 });
    expect(whole.record.passes).toBe(30);
    const { record } = await explain(scoreCam, many, two, {
      target: 1,
      batchSize: 2,
      until: { standardError: 0.05 },
    });
    expect(record.passes).toBeGreaterThan(2);
    expect(record.passes).toBeLessThan(30);
  });

  it.each([0, 1, 2])(
    'is rejected with the reason of its signal after %s passes, and leaves nothing',
    async (last) => {
      const model = picture();
      const options = { batchSize: 1 };
      (await scoreCam(model, two, options)).dispose();
      const before = memory().numTensors;
      const stopped = abortedAfter(last, (stopping) => scoreCam(model, two, { ...options, ...stopping }));
      expect(await stopped).toBe('Error: enough');
      expect(memory().numTensors).toBe(before);
    },
  );

  it('leaves nothing but its map', async () => {
    const model = picture();
    (await scoreCam(model, two)).dispose();
    const before = memory().numTensors;
    const map = await scoreCam(model, two);
    expect(memory().numTensors).toBe(before + 1);
    map.dispose();
    for await (const estimate of running(scoreCam, model, two, { batchSize: 1 })) {
      estimate.map.dispose();
      estimate.standardError.dispose();
      break;
    }
    expect(memory().numTensors).toBe(before);
  });
});

describe('scoreCam refuses', () => {
  const model = picture();
  const named = 'expected layer to be a name, a path of names or { layer, node, output }, got';

  it.each<[object, string]>([
    [{ layer: 3 }, `TypeError: scoreCam: ${named} a number`],
    [{ signed: 1 }, 'TypeError: scoreCam: expected signed to be true or false, got a number'],
    [{ reshape: 2 }, 'TypeError: scoreCam: expected reshape to be a function of a tensor, got a number'],
    [{ reshape: () => 3 }, 'TypeError: scoreCam: expected reshape to return a tensor, got a number'],
    [
      { layer: 'scores', score: 'probability' },
      'RangeError: scoreCam: expected a layer whose output has space, [batch, ..., channels], got "scores" with ' +
        '[2, 3]; choose another layer, or leave it out',
    ],
    [
      { layer: 'scores', target: { layer: 'a' } },
      'Error: scoreCam: the target does not depend on the output of "scores", so there is nothing to explain; ' +
        'choose another target or another layer',
    ],
    [
      { target: (y: Tensor) => sum(square(y)) },
      'RangeError: scoreCam: expected the target function to return a number for each sample, got one for all; ' +
        'return [batch], or explain the samples one by one',
    ],
    [
      { rule: () => 0 },
      'TypeError: scoreCam: no option "rule"; the options are "target", "score", "from", "batchSize", "layer", "signed", ' +
        '"reshape", "signal", "onProgress", "until"',
    ],
    [{ lyer: 'a' }, 'TypeError: scoreCam: no option "lyer"; did you mean "layer"?'],
    [
      { batchSize: 0 },
      'RangeError: scoreCam: expected batchSize to be a whole number of samples above 0, got 0',
    ],
  ])('%#', async (options, message) => {
    const before = memory().numTensors;
    expect(await rejection(() => scoreCam(model, two, options as ScoreCamOptions & PassOptions))).toBe(
      message,
    );
    expect(memory().numTensors).toBe(before);
  });

  it('a function, which has no layers, and a layer whose axes no input has', async () => {
    const f = (x: Tensor) => model.predict(x) as Tensor;
    expect(await rejection(() => scoreCam(f, two))).toBe(
      'TypeError: scoreCam: expected model to be a LayersModel, a GraphModel or a prepared model, got a function, ' +
        'which has no layers to be looked at; give the model that it calls, or explain the function with rise',
    );
    const row = stack(
      [12],
      layers.reshape({ targetShape: [3, 4, 1] }),
      conv('a', 1, { kernelSize: 2 }),
      ...head(2),
    );
    expect(await rejection(() => scoreCam(row, ones([1, 12]), { target: 0 }))).toBe(
      'RangeError: scoreCam: cannot lay the channels of "a", [2, 3], over an input of shape [1, 12], whose axes are ' +
        'others; choose another layer, or give it the axes of the input with reshape',
    );
    const words = input({ shape: [5], dtype: 'int32' });
    const embedded = chained(
      words,
      layers.embedding({ name: 'e', inputDim: 4, outputDim: 3 }),
      layers.flatten(),
      layers.dense({ units: 2 }),
    );
    const text = functional({ inputs: words, outputs: embedded });
    const five = tensor([[1, 2, 3, 0, 1]], [1, 5], 'int32');
    expect(await rejection(() => scoreCam(text, five, { target: 0 }))).toContain(
      'holds integers (int32), and there is nothing between two of them; explain a model that begins behind "e"',
    );
  });
});
