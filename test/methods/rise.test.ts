import {
  add,
  memory,
  mul,
  randomUniform,
  reshape,
  slice,
  square,
  sum,
  tensor,
  tensor2d,
  tensor3d,
  tile,
} from '@tensorflow/tfjs-core';
import type { Tensor } from '@tensorflow/tfjs-core';
import { input, layers, model as functional } from '@tensorflow/tfjs-layers';
import type { SymbolicTensor } from '@tensorflow/tfjs-layers';
import { explain, rise, running } from 'guided-saliency';
import type { RiseOptions } from 'guided-saliency';
import { describe, expect, it } from 'vitest';
import { coinMasks } from '../../src/explanations/hiding/coinMasks';
import { randomNumbers } from '../../src/explanations/noise/randomNumbers';
import { abortedAfter } from '../support/abortedAfter';
import { bothFormats, graphOf, mixedFormats, toFront } from '../support/channelsFirst';
import { expectSameOfEveryKind } from '../support/everyKind';
import { expectSame } from '../support/expectSame';
import { disposed } from '../support/disposed';
import { rejection } from '../support/rejection';
import { rounded } from '../support/rounded';
import { convolution, dense, stack } from '../support/tinyLayers';

const total = (x: Tensor) => sum(reshape(x, [x.shape[0], -1]), 1, true);
const weights = Array.from({ length: 12 }, (_, i) => [Math.sin(i), Math.cos(2 * i)]);
const network = (last: 'linear' | 'softmax' = 'linear') =>
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
    dense(weights, { activation: last }),
  );
const two = tensor(
  Float32Array.from({ length: 40 }, (_, i) => Math.sin(3 * i + 1)),
  [2, 5, 4, 1],
);
/** Of four cells in a row. */
const masks = tensor2d([
  [1, 0, 0.5, 0],
  [0, 1, 0.5, 0],
  [1, 1, 0, 0],
]);
const row = tensor3d([[[1], [2], [4], [8]]]);

/** A mask of a seed, pixel by pixel. */
function slowMasks(
  seed: number,
  count: number,
  [height, width]: [number, number],
  grid: number,
  keep: number,
) {
  const random = randomNumbers(seed);
  const along = (size: number, i: number, shift: number) => {
    const square = Math.ceil(size / grid);
    const place = ((i + shift + 0.5) * grid) / ((grid + 1) * square) - 0.5;
    const inside = Math.min(Math.max(place, 0), grid - 1);
    return { low: Math.floor(inside), high: Math.ceil(inside), share: inside - Math.floor(inside) };
  };
  return Array.from({ length: count }, () => {
    const coins = Array.from({ length: grid }, () =>
      Array.from({ length: grid }, () => (random.uniform() < keep ? 1 : 0)),
    );
    const shifts = [height, width].map((size) => Math.floor(random.uniform() * Math.ceil(size / grid)));
    return Array.from({ length: height * width }, (_, cell) => {
      const y = along(height, Math.floor(cell / width), shifts[0]!);
      const x = along(width, cell % width, shifts[1]!);
      const at = (r: number) => coins[r]![x.low]! * (1 - x.share) + coins[r]![x.high]! * x.share;
      return at(y.low) * (1 - y.share) + at(y.high) * y.share;
    });
  });
}

describe('rise', () => {
  it('is the mean score of masked inputs, weighed by the masks', async () => {
    // the scores are 3, 4, 3; the third cell counts half, the last never
    const map = await rise(total, row, { masks });
    expect(map.shape).toEqual([1, 4]);
    expect(await rounded(map)).toEqual([3, 3.5, 3.5, 0]);
    const channels = tensor([1, 1, 0, 1, 4, 0, 8, 9], [1, 4, 2]);
    expect(await rounded(await rise(total, channels, { masks }))).toEqual([3.5, 3, 3.5, 0]);
  });

  it.each([1, 3, 50])('is that of loops, with the masks of a seed, %s passes at once', async (batchSize) => {
    const model = network();
    const drawn = slowMasks(5, 30, [5, 4], 3, 0.6);
    const cells = (await two.array()) as number[][][][];
    const wanted: number[] = [];
    for (const sample of cells) {
      const flat = sample.flat(2);
      const hidden = drawn.map((mask) => flat.map((value, i) => value * mask[i]!));
      const scores = (await (
        model.predict(tensor(hidden.flat(), [30, 5, 4, 1])) as Tensor
      ).array()) as number[][];
      flat.forEach((_, i) => {
        const [above, below] = drawn.reduce(
          ([a, b], mask, k) => [a! + scores[k]![1]! * mask[i]!, b! + mask[i]!],
          [0, 0],
        );
        wanted.push(above! / below!);
      });
    }
    const expected = tensor(wanted, [2, 5, 4]);
    const options = { target: 1, batchSize };
    await expectSame(
      await rise(model, two, { ...options, masks: 30, grid: 3, keep: 0.6, seed: 5 }),
      expected,
    );
    const given = tensor(drawn.flat(), [30, 5, 4]);
    await expectSame(await rise(model, two, { ...options, masks: given }), expected);
  });

  it('draws masks as often let through as asked for, of any number of axes', () => {
    for (const sizes of [[31], [14, 9], [5, 6, 7]]) {
      const [cells] = coinMasks([{ sizes, isSmooth: true }], { grid: 4, keep: 0.3, seed: 1 })(400) as [
        Float32Array,
      ];
      const mean = cells.reduce((a, b) => a + b) / cells.length;
      expect(Math.abs(mean - 0.3)).toBeLessThan(0.03);
      expect(cells.every((value) => value >= 0 && value <= 1)).toBe(true);
    }
    const apart = coinMasks([{ sizes: [50], isSmooth: false }], { grid: 4, keep: 0.3, seed: 1 })(20);
    expect(new Set(apart[0])).toEqual(new Set([0, 1]));
  });

  it('draws 4000 masks with the seed 0, if nothing is said, and is made again from its record', async () => {
    const x = tensor2d([[1, -2]]);
    const { map, record } = await explain(rise, total, x, { batchSize: 500 });
    expect(record.options).toEqual({
      batchSize: 500,
      target: [0],
      score: 'logit',
      masks: 4000,
      grid: 7,
      keep: 0.5,
      seed: 0,
    });
    expect(record.passes).toBe(4000);
    // half of the other value, when this one is let through
    await expectSame(map, tensor2d([[0, -1.5]]), 0.05);
    const options = JSON.parse(JSON.stringify(record.options)) as RiseOptions;
    const again = await explain(rise, total, x, { ...options, batchSize: 1000 });
    await expectSame(again.map, map, 1e-5);
    const other = await rise(total, x, { seed: 1, batchSize: 500 });
    expect(await other.data()).not.toEqual(await map.data());
  });

  it('is of the probability where that is asked for', async () => {
    const model = network('softmax');
    const given = tensor(slowMasks(0, 4, [5, 4], 2, 0.5).flat(), [4, 5, 4]);
    const scores = model.predict(
      mul(tile(two, [4, 1, 1, 1]), reshape(tile(reshape(given, [4, 1, 20]), [1, 2, 1]), [8, 5, 4, 1])),
    ) as Tensor;
    const p = (await scores.array()) as number[][];
    const m = (await reshape(given, [4, 20]).array()) as number[][];
    const wanted = [0, 1].flatMap((b) =>
      Array.from({ length: 20 }, (_, i) => {
        const below = m.reduce((s, mask) => s + mask[i]!, 0);
        return below === 0 ? 0 : m.reduce((s, mask, k) => s + mask[i]! * p[2 * k + b]![0]!, 0) / below;
      }),
    );
    await expectSame(
      await rise(model, two, { masks: given, score: 'probability', target: 0 }),
      tensor(wanted, [2, 5, 4]),
    );
  });

  it('is the same for every kind of model, each sample as if it were alone', async () => {
    await expectSameOfEveryKind((model, x) => rise(model, x, { masks: 20 }));
  });

  it('records of masks that are given nothing of how they would be drawn', async () => {
    const { record } = await explain(rise, total, row, { masks });
    expect(Object.keys(record.options)).toEqual(expect.arrayContaining(['masks']));
    for (const name of ['grid', 'keep', 'seed']) expect(record.options).not.toHaveProperty(name);
  });

  it('masks several inputs at once, each with its own', async () => {
    const [a, b] = [input({ shape: [1], name: 'a' }), input({ shape: [1], name: 'b' })];
    const model = functional({ inputs: [a, b], outputs: layers.multiply().apply([a, b]) as SymbolicTensor });
    const x = { b: tensor2d([[3]]), a: tensor2d([[2]]) };
    const given = { a: tensor2d([[1], [0.5], [1]]), b: tensor2d([[1], [1], [0]]) };
    // the scores are 6, 3, 0
    const map = await rise(model, x, { masks: given, target: 0 });
    expect(await rounded(map.a)).toEqual([3]);
    expect(await rounded(map.b)).toEqual([4.5]);
  });

  it('masks all channels of a cell alike where the model has them first', async () => {
    const x = randomUniform([2, 4, 5, 2], -1, 1, 'float32', 3);
    const { front, back } = bothFormats();
    const given = randomUniform([6, 4, 5], 0, 1, 'float32', 4);
    for (const options of [{ masks: 10, grid: 2 }, { masks: given }]) {
      const map = await rise(front, toFront(x), { target: 1, ...options });
      expect(map.shape).toEqual([2, 4, 5]);
      await expectSame(map, await rise(back, x, { target: 1, ...options }));
    }
    const map = await rise(graphOf('first'), toFront(x), { target: 1, masks: 10 });
    await expectSame(map, await rise(graphOf('last'), x, { target: 1, masks: 10 }));
    // of each input by name, in any order
    const one = slice(x, [0, 0, 0, 0], [1, 4, 5, 2]);
    const masks = { back: given, front: given };
    const named = await rise(mixedFormats(), { back: one, front: toFront(one) }, { target: 0, masks });
    await expectSame(named.front, named.back);
  });

  it('comes along with its standard error, and stops where that is small enough', async () => {
    const steps: [number, number][] = [];
    const options = { masks, batchSize: 1, onProgress: (...step: [number, number]) => steps.push(step) };
    const errors: number[][] = [];
    for await (const { map, standardError } of running(rise, total, row, options)) {
      errors.push(await rounded(standardError));
      map.dispose();
    }
    expect(steps).toEqual([
      [1, 3],
      [2, 3],
      [3, 3],
    ]);
    expect(errors[0]).toEqual([NaN, NaN, NaN, NaN]);
    // of 3, 4, 3 with the weights 0, 1, 1; 3/2 ((0.5)² + (0.5)²) / 2² and so on
    expect(errors[2]).toEqual([0, 0.43301, 0.43301, NaN]);
    const until = { standardError: 0.2 };
    const stopped = await explain(rise, total, tensor2d([[1, -2]]), { masks: 4000, batchSize: 10, until });
    expect(stopped.record.passes).toBeLessThan(400);
    expect(stopped.record.passes).toBeGreaterThan(10);
  });

  it.each([0, 1, 2])(
    'is rejected with the reason of its signal after %s passes, and leaves nothing',
    async (last) => {
      const model = network();
      const options = { masks: 3, batchSize: 1 };
      (await rise(model, two, options)).dispose();
      const before = memory().numTensors;
      const stopped = abortedAfter(last, (stopping) => rise(model, two, { ...options, ...stopping }));
      expect(await stopped).toBe('Error: enough');
      expect(memory().numTensors).toBe(before);
    },
  );

  it.each<[string, object, string]>([
    [
      'no masks',
      { masks: 0 },
      'RangeError: rise: expected masks to be a whole number from 1 on, or a tensor [masks, ...space], got 0',
    ],
    [
      'masks by name',
      { masks: 'many' },
      'RangeError: rise: expected masks to be a whole number from 1 on, or a tensor [masks, ...space], got "many"',
    ],
    [
      'a list of lists',
      { masks: [[1, 0, 0, 1]] },
      'TypeError: rise: expected masks to be a whole number from 1 on, or a tensor [masks, ...space], got a list with a list with a number',
    ],
    [
      'masks that were not awaited',
      { masks: Promise.resolve(masks) },
      'TypeError: rise: expected masks to be a whole number from 1 on, or a tensor [masks, ...space], got a promise; await it first',
    ],
    [
      'masks of another shape',
      { masks: row },
      'RangeError: rise: expected masks to be a tensor [masks, 4], got [1, 4, 1]',
    ],
    [
      'masks that are disposed',
      { masks: disposed([2, 4]) },
      'Error: rise: expected masks to be a tensor in use, got a disposed one',
    ],
    [
      'masks that are given and drawn',
      { masks, seed: 1 },
      'RangeError: rise: expected seed or masks that are given, got both; leave one out',
    ],
    [
      'half a square',
      { grid: 0.5 },
      'RangeError: rise: expected grid to be a whole number from 1 on, got 0.5',
    ],
    [
      'nothing let through',
      { keep: 0 },
      'RangeError: rise: expected keep to be a number above 0, up to 1, got 0',
    ],
    [
      'a seed below 0',
      { seed: -1 },
      'RangeError: rise: expected seed to be a whole number from 0 on, got -1',
    ],
    [
      'a layer in the place of the input',
      { wrt: 'h' },
      'TypeError: rise: no option "wrt"; the options are "target", "score", "from", "batchSize", "masks", "grid", "keep", "seed", "signal", "onProgress", "until"',
    ],
  ])('refuses %s', async (_name, options, message) => {
    const before = memory().numTensors;
    expect(await rejection(() => rise(total, row, options as RiseOptions))).toBe(message);
    expect(memory().numTensors).toBe(before);
  });

  it('refuses one number for several samples, and numbers of masks that differ', async () => {
    const target = (y: Tensor) => sum(square(y));
    expect(await rejection(() => rise(network(), two, { target }))).toBe(
      'RangeError: rise: expected the target function to return a number for each sample, got one for all; ' +
        'return [batch], or explain the samples one by one',
    );
    const both = ([a, b]: Tensor[]) => add(total(a!), total(b!));
    expect(
      await rejection(() => rise(both as never, [row, row], { masks: [masks, slice(masks, 0, 2)] })),
    ).toBe('RangeError: rise: expected masks to be as many for each tensor of x, got 3 and 2');
  });
});
