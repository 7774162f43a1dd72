import {
  mul,
  fill,
  memory,
  ones,
  randomUniform,
  reshape,
  scalar,
  slice,
  square,
  sum,
  tensor,
  tensor1d,
  tensor2d,
  tensor3d,
  transpose,
} from '@tensorflow/tfjs-core';
import type { Tensor } from '@tensorflow/tfjs-core';
import { input, layers, model as functional } from '@tensorflow/tfjs-layers';
import type { SymbolicTensor } from '@tensorflow/tfjs-layers';
import { explain, occlusion, prepare, running } from 'guided-saliency';
import type { OcclusionOptions } from 'guided-saliency';
import { describe, expect, it } from 'vitest';
import { abortedAfter } from '../support/abortedAfter';
import { bothFormats, graphOf, mixedFormats, toFront } from '../support/channelsFirst';
import { expectSameOfEveryKind } from '../support/everyKind';
import { expectSame } from '../support/expectSame';
import { disposed } from '../support/disposed';
import { rejection } from '../support/rejection';
import { rounded } from '../support/rounded';
import { convolution, dense, stack } from '../support/tinyLayers';

/** The score is the sum of all values, or of their squares. */
const total = (x: Tensor) => sum(reshape(x, [x.shape[0], -1]), 1, true);
const image = tensor([1, -2, 3, 4, 5, -6, 7, 8, 9, 1, 2, 3], [1, 3, 2, 2]);
const network = () =>
  stack(
    [5, 4, 1],
    convolution(
      [
        [1, -0.5],
        [0.5, 1],
      ],
      { activation: 'relu' },
    ),
    layers.flatten(),
    dense(weights),
  );
const weights = Array.from({ length: 12 }, (_, i) => [Math.sin(i), Math.cos(2 * i)]);
const two = tensor(
  Float32Array.from({ length: 40 }, (_, i) => Math.sin(3 * i + 1)),
  [2, 5, 4, 1],
);

/** One window after the other, cell by cell. */
async function reference(
  score: (x: Tensor) => Tensor,
  x: Tensor,
  [tall, wide]: [number, number],
  [down, right]: [number, number],
  baseline: number,
): Promise<number[]> {
  const [batch, height, width, channels] = x.shape as [number, number, number, number];
  const cells = await x.data();
  const before = await score(x).data();
  const drops: number[][][] = Array.from({ length: batch }, () =>
    Array.from({ length: height * width }, () => []),
  );
  for (let top = 0; top === 0 || top - down + tall < height; top += down) {
    for (let left = 0; left === 0 || left - right + wide < width; left += right) {
      const isHidden = (row: number, column: number) =>
        row >= top && row < top + tall && column >= left && column < left + wide;
      const place = (i: number) => Math.floor(i / channels) % (height * width);
      const hidden = cells.map((value, i) =>
        isHidden(Math.floor(place(i) / width), place(i) % width) ? baseline : value,
      );
      const after = await score(tensor(hidden, x.shape)).data();
      for (let b = 0; b < batch; b++) {
        drops[b]!.forEach((list, cell) => {
          if (isHidden(Math.floor(cell / width), cell % width)) list.push(before[b]! - after[b]!);
        });
      }
    }
  }
  return drops.flat().map((list) => list.reduce((a, b) => a + b, 0) / list.length);
}

describe('occlusion', () => {
  it('is what a window takes from a sum: what it hides, all channels together', async () => {
    const map = await occlusion(total, image, { window: 1 });
    expect(map.shape).toEqual([1, 3, 2]);
    expect(await rounded(map)).toEqual([-1, 7, -1, 15, 10, 5]);
    // columns of 2 and, cut at the border, of 1
    expect(await rounded(await occlusion(total, image, { window: [2, 1] }))).toEqual([-2, 22, -2, 22, 10, 5]);
    // the middle row is under two windows
    const map2 = await occlusion(total, image, { window: [2, 2], stride: [1, 2] });
    expect(await rounded(map2)).toEqual([20, 20, 24.5, 24.5, 29, 29]);
    const map3 = await occlusion(total, image, { window: 1, baseline: 1 });
    expect(await rounded(map3)).toEqual([-3, 5, -3, 13, 8, 3]);
    const channels = tensor1d([1, 0]);
    expect(await rounded(await occlusion(total, image, { window: 1, baseline: channels }))).toEqual([
      -2, 6, -2, 14, 9, 4,
    ]);
  });

  it('is f(x) less f(blank) under one window over everything', async () => {
    const model = network();
    const blank = model.predict(fill(two.shape, 0.3)) as Tensor;
    const [a, b] = [await (model.predict(two) as Tensor).array(), await blank.array()] as number[][][];
    const map = await occlusion(model, two, { window: 9, baseline: 0.3, target: 1 });
    const wanted = [0, 1].flatMap((i) => Array.from({ length: 20 }, () => a![i]![1]! - b![i]![1]!));
    await expectSame(map, tensor(wanted, [2, 5, 4]));
  });

  it.each([
    [[2, 2], [2, 2], 0, 1],
    [[3, 2], [1, 2], 0.5, 3],
    [[2, 3], [2, 2], -1, 50],
  ] as const)('is that of loops, %j by steps of %j', async (window, stride, baseline, batchSize) => {
    const model = network();
    const score = (x: Tensor) => reshape(slice(model.predict(x) as Tensor, [0, 1], [-1, 1]), [-1]);
    const wanted = await reference(score, two, [...window], [...stride], baseline);
    const options = { window, stride, baseline, target: 1, batchSize };
    await expectSame(await occlusion(model, two, options), tensor(wanted, [2, 5, 4]));
  });

  it('takes an eighth of the shorter side as window and stride, if nothing is said', async () => {
    const x = tensor(
      Float32Array.from({ length: 16 * 24 }, (_, i) => (i * 7) % 5),
      [1, 16, 24, 1],
    );
    const { map, record } = await explain(occlusion, total, x);
    expect(record.options).toEqual({
      target: [0],
      score: 'logit',
      baseline: 0,
      window: [2, 2],
      stride: [2, 2],
    });
    expect(record.passes).toBe(96);
    const again = await explain(occlusion, total, x, JSON.parse(JSON.stringify(record.options)) as object);
    await expectSame(again.map, map);
    await expectSame(await occlusion(total, x, { window: 2 }), map);
  });

  it('takes signals, volumes, and values that are no neighbours', async () => {
    const signal = tensor3d([
      [
        [1, 1],
        [2, 2],
        [3, 3],
      ],
    ]);
    expect(await rounded(await occlusion(total, signal, { window: 2, stride: 1 }))).toEqual([6, 8, 10]);
    const volume = tensor([1, 2, 3, 4, 5, 6, 7, 8], [1, 2, 2, 2, 1]);
    const map = await occlusion(total, volume, { window: [1, 2, 1] });
    expect(map.shape).toEqual([1, 2, 2, 2]);
    expect(await rounded(map)).toEqual([4, 6, 4, 6, 12, 14, 12, 14]);
    expect(await rounded(await occlusion(total, tensor2d([[4, 5, -6]])))).toEqual([4, 5, -6]);
  });

  it('hides segments, in the order of their labels', async () => {
    const segments = tensor2d(
      [
        [7, 7],
        [2, 7],
        [2, 9],
      ],
      [3, 2],
      'int32',
    );
    const map = await occlusion(total, image, { segments });
    expect(map.shape).toEqual([1, 3]);
    expect(await rounded(map)).toEqual([9, 21, 5]);
    expect(await rounded(await occlusion(total, image, { segments, baseline: 1 }))).toEqual([5, 15, 3]);
    const { record } = await explain(occlusion, total, image, { segments });
    expect(record.options.segments).toBe('a tensor of shape [3, 2]; give it again');
  });

  it('is the same for every kind of model, each sample as if it were alone', async () => {
    await expectSameOfEveryKind((model, x) => occlusion(model, x));
  });

  it('hides one of several inputs at a time, by name in any order', async () => {
    const [a, b] = [input({ shape: [2], name: 'a' }), input({ shape: [2, 1], name: 'b' })];
    const flat = layers.flatten().apply(b) as SymbolicTensor;
    const model = functional({
      inputs: [a, b],
      outputs: layers.multiply().apply([a, flat]) as SymbolicTensor,
    });
    const x = { b: tensor3d([[[3], [4]]]), a: tensor2d([[2, 7]]) };
    const map = await occlusion(model, x, { target: 0 });
    expect(await rounded(map.a)).toEqual([6, 0]);
    expect(await rounded(map.b)).toEqual([6, 0]);
    const wide = await explain(occlusion, model, x, { target: 0, window: { a: 1, b: [2] } });
    expect(await rounded(wide.map.b)).toEqual([6, 6]);
    expect(wide.record.options.window).toEqual({ a: [1], b: [2] });
  });

  it('hides all channels of a cell where the model has them first', async () => {
    const x = randomUniform([2, 4, 5, 2], -1, 1, 'float32', 3);
    const segments = tensor2d(
      Array.from({ length: 20 }, (_, i) => i % 3),
      [4, 5],
      'int32',
    );
    const { front, back } = bothFormats();
    for (const options of [{ window: [2, 3], stride: [2, 1], baseline: 0.5 }, {}, { segments }]) {
      const map = await occlusion(front, toFront(x), { target: 1, ...options });
      await expectSame(map, await occlusion(back, x, { target: 1, ...options }));
    }
    const baseline = randomUniform([4, 5, 2], -1, 1, 'float32', 4);
    const moved = transpose(baseline, [2, 0, 1]);
    await expectSame(
      await occlusion(front, toFront(x), { target: 1, window: 2, baseline: moved }),
      await occlusion(back, x, { target: 1, window: 2, baseline }),
    );
    const map = await occlusion(graphOf('first'), toFront(x), { target: 1 });
    await expectSame(map, await occlusion(graphOf('last'), x, { target: 1 }));
    const prepared = prepare(front);
    const ofPrepared = await occlusion(prepared, toFront(x), { target: 1 });
    await expectSame(ofPrepared, await occlusion(back, x, { target: 1 }));
    prepared.dispose();
  });

  it('knows of each of several inputs where its channels are, by name in any order', async () => {
    const x = randomUniform([1, 4, 5, 2], -1, 1, 'float32', 3);
    const model = mixedFormats();
    const { front, back } = await occlusion(
      model,
      { back: x, front: toFront(x) },
      { target: 0, window: [4, 2] },
    );
    await expectSame(front, back);
    const list = await occlusion(model, [toFront(x), x], { target: 0, window: [4, 2] });
    await expectSame(list[0]!, list[1]!);
  });

  it('comes along, exact in the end, and in the order of progress', async () => {
    const steps: number[] = [];
    const options = { window: 2, stride: 1, batchSize: 2, onProgress: (done: number) => steps.push(done) };
    const x = tensor3d([[[1], [2], [4], [8]]]);
    const seen: number[][] = [];
    for await (const { map, standardError, total: all } of running(occlusion, total, x, options)) {
      expect(all).toBe(3);
      seen.push([...(await map.data())], [...(await standardError.data())]);
      map.dispose();
      standardError.dispose();
    }
    // windows 0 and 2 first: 3 and 12; then 1: 6
    expect(seen).toEqual([
      [3, 3, 12, 12],
      [0, NaN, NaN, 0],
      [3, 4.5, 9, 12],
      [0, 0, 0, 0],
    ]);
    expect(steps).toEqual([2, 3]);
  });

  it.each([0, 1, 2])(
    'is rejected with the reason of its signal after %s passes, and leaves nothing',
    async (last) => {
      const model = network();
      const options = { window: 3, batchSize: 1 };
      (await occlusion(model, two, options)).dispose();
      const before = memory().numTensors;
      const stopped = abortedAfter(last, (stopping) => occlusion(model, two, { ...options, ...stopping }));
      expect(await stopped).toBe('Error: enough');
      expect(memory().numTensors).toBe(before);
    },
  );

  it.each<[string, object, string]>([
    [
      'half a cell',
      { window: 1.5 },
      'RangeError: occlusion: expected window to be a whole number from 1 on, or a list of 2, one for each axis of space, got 1.5',
    ],
    [
      'a window of another rank',
      { window: [1] },
      'RangeError: occlusion: expected window to be a whole number from 1 on, or a list of 2, one for each axis of space, got [1]',
    ],
    [
      'a stride of 0',
      { stride: [0, 1] },
      'RangeError: occlusion: expected stride to be a whole number from 1 on, or a list of 2, one for each axis of space, got [0, 1]',
    ],
    [
      'gaps',
      { window: 1, stride: 2 },
      'RangeError: occlusion: expected stride to be at most the window, [1, 1], so that every cell is hidden once, got [2, 2]',
    ],
    [
      'segments and a window',
      { window: 1, segments: tensor2d([[1]]) },
      'RangeError: occlusion: expected window or segments, got both; leave one out',
    ],
    [
      'segments of floats',
      { segments: fill([3, 2], 1) },
      'RangeError: occlusion: expected segments to be an int32 tensor [3, 2], got float32 [3, 2]',
    ],
    [
      'segments that are none',
      { segments: 3 },
      'TypeError: occlusion: expected segments to be an int32 tensor [3, 2], got a number',
    ],
    [
      'segments that were not awaited',
      { segments: Promise.resolve(1) },
      'TypeError: occlusion: expected segments to be an int32 tensor [3, 2], got a promise; await it first',
    ],
    [
      'segments that are disposed',
      { segments: disposed([3, 2], 'int32') },
      'Error: occlusion: expected segments to be a tensor in use, got a disposed one',
    ],
    [
      'two baselines',
      { baseline: [0, 1] },
      'RangeError: occlusion: expected baseline to be one, got a list of 2',
    ],
    [
      'a baseline that does not fit',
      { baseline: tensor1d([1, 2, 3]) },
      'RangeError: occlusion: expected baseline to have the shape of x, [1, 3, 2, 2], or of one sample, [3, 2, 2], got [3]',
    ],
    [
      'an option of gradients',
      { rule: () => scalar(0) },
      'TypeError: occlusion: no option "rule"; the options are "target", "score", "from", "batchSize", "window", "stride", "baseline", "segments", "signal", "onProgress", "until"',
    ],
  ])('refuses %s', async (_name, options, message) => {
    const before = memory().numTensors;
    expect(await rejection(() => occlusion(total, image, options as OcclusionOptions))).toBe(message);
    expect(memory().numTensors).toBe(before);
  });

  it('takes an input of one number a sample, which it hides whole', async () => {
    const tripled = (x: Tensor) => mul(x, 3);
    const map = await occlusion(tripled, tensor1d([2, -3]), { target: (y) => y as Tensor, baseline: 1 });
    // 3 x − 3 · 1
    expect(map.shape).toEqual([2, 1]);
    expect(await rounded(map)).toEqual([3, -12]);
  });

  it('hides as many parts of a long table at once as 512 MiB hold, with the masks', async () => {
    const long = stack([20_000], dense(Array.from({ length: 20_000 }, (_, i) => [Math.sin(i)])));
    const controller = new AbortController();
    const seen: number[] = [];
    const onProgress = (done: number) => {
      seen.push(done);
      controller.abort(new Error('enough'));
    };
    const { signal } = controller;
    expect(await rejection(() => occlusion(long, ones([1, 20_000]), { signal, onProgress }))).toBe(
      'Error: enough',
    );
    expect(seen).toHaveLength(1);
    // a pass makes up to 16 copies of the input
    expect(seen[0]).toBeLessThanOrEqual(2 ** 29 / (16 * 20_000 * 4));
  });

  it('refuses one number for several samples, and what is no input', async () => {
    const target = (y: Tensor) => sum(square(y));
    expect(await rejection(() => occlusion(network(), two, { target }))).toBe(
      'RangeError: occlusion: expected the target function to return a number for each sample, got one for all; ' +
        'return [batch], or explain the samples one by one',
    );
    expect(await rejection(() => occlusion(total, null as never))).toBe(
      'TypeError: occlusion: expected x to be a tensor, a list of tensors or tensors by input name, got null',
    );
  });
});
