import { add, getBackend, tensor2d, type Tensor } from '@tensorflow/tfjs-core';
import { layers } from '@tensorflow/tfjs-layers';
import { contrast, explain, saliency, valueAndSaliency } from 'guided-saliency';
import { describe, expect, it } from 'vitest';
import { inDebugMode } from '../support/inDebugMode';
import { messageOf } from '../support/leftBehind';
import { rounded } from '../support/rounded';
import { dense, stack } from '../support/tinyLayers';

/** Scores x [1 2 4 8; 1 3 9 27], behind a softmax. */
const model = stack(
  [2],
  dense([
    [1, 2, 4, 8],
    [1, 3, 9, 27],
  ]),
  layers.softmax(),
);
const x = tensor2d([
  [1, 1], // 2, 5, 13, 35
  [1, -1], // 0, -1, -5, -19
]);

describe('contrast', () => {
  it('is the score of a class less the mean of others', async () => {
    const { map, value, classes } = valueAndSaliency(model, x, { target: contrast(1, [0, 2]) });
    expect(await rounded(map)).toEqual([2 - 5 / 2, 3 - 10 / 2, 2 - 5 / 2, 3 - 10 / 2]);
    expect(await rounded(value)).toEqual([5 - 15 / 2, -1 + 5 / 2]);
    expect(Array.from(await classes!.data())).toEqual([1, 1]);
  });

  it('takes off as much as its weight says', async () => {
    const of = (weight: number) => saliency(model, x, { target: contrast(3, [0], { weight }), batchSize: 1 });
    expect(await rounded(of(0))).toEqual([8, 27, 8, 27]);
    expect(await rounded(of(0.5))).toEqual([7.5, 26.5, 7.5, 26.5]);
  });

  it('is less the two highest others of each sample where none are given', async () => {
    // first: class 3 and 2; second: class 0 and 2, which is -5
    expect(await rounded(saliency(model, x, { target: contrast(1) }))).toEqual([
      2 - (8 + 4) / 2,
      3 - (27 + 9) / 2,
      2 - (1 + 4) / 2,
      3 - (1 + 9) / 2,
    ]);
  });

  it('has a class for each sample, or the highest of each', async () => {
    const each = saliency(model, x, { target: contrast([1, 2], [0]), batchSize: 1 });
    expect(await rounded(each)).toEqual([1, 2, 3, 8]);
    const { classes } = valueAndSaliency(model, x, { target: contrast() });
    expect(Array.from(await classes!.data())).toEqual([3, 0]);
  });

  it('explains probabilities, too, and one of several outputs', async () => {
    const { value } = valueAndSaliency(model, x, {
      target: contrast(3, [2], { output: 0 }),
      score: 'probability',
    });
    const all = 1 + Math.exp(-1) + Math.exp(-5) + Math.exp(-19);
    const second = (Math.exp(-19) - Math.exp(-5)) / all;
    expect(await rounded(value)).toEqual([1, Number(second.toPrecision(5))]);
  });

  it('finds the highest others in debug mode, which refuses infinite numbers, too', async ({ skip }) => {
    skip(getBackend() === 'webgpu', 'TF.js reads each result there when it is long disposed');
    const map = () => rounded(saliency(model, x, { target: contrast(0) }));
    expect(await inDebugMode(map)).toEqual(await map());
  });

  it('sets a class against one of minus infinity rather than itself', async () => {
    const masked = (at: Tensor) => add(at, tensor2d([[0, 0, -Infinity]]));
    const options = { target: contrast(0) };
    const { record } = await explain(saliency, masked, tensor2d([[1, 2, 3]]), options);
    expect(record.options.target).toMatchObject({ others: [[1, 2]] });
  });

  it.each<[string, () => unknown, string]>([
    [
      'no others',
      () => contrast(1, []),
      'RangeError: contrast: expected others to name a class, got an empty list',
    ],
    [
      'a class less itself',
      () => contrast(1, [1, 1]),
      'RangeError: contrast: expected others to hold another class than the class itself, got 1',
    ],
    [
      'the class of one sample less itself',
      () => contrast([0, 1], [1]),
      'RangeError: contrast: expected others to hold another class than the class itself, got 1',
    ],
    [
      'others that are no list',
      () => contrast(1, 2 as never),
      'TypeError: contrast: expected others to be a list of classes, got a number',
    ],
    [
      'others one of which is no class',
      () => contrast(1, [2, {} as number]),
      'TypeError: contrast: expected others to be a list of classes, got a list with an object of class Object',
    ],
    [
      'others that are no list, written by hand',
      () => saliency(model, x, { target: { ...contrast(1, [2]), others: 2 as never } }),
      'TypeError: saliency: expected others to be a list of classes, got a number',
    ],
    [
      'a name that none is near',
      () => saliency(model, x, { target: { output: 0, zzzzzz: 1 } as never }),
      'TypeError: saliency: no name in target "zzzzzz"; it may have "output", "class", "nth", "chosen", "at"',
    ],
    [
      'a name that none is near, beside a place',
      () => saliency(model, x, { target: { at: [0], zzzzzz: 1 } as never }),
      'TypeError: saliency: no name in target "zzzzzz"; it may have "at", "class", "output", "nth", "chosen"',
    ],
    [
      'a name that none is near, beside a rank',
      () => saliency(model, x, { target: { nth: 0, zzzzzz: 1 } as never }),
      'TypeError: saliency: no name in target "zzzzzz"; it may have "nth", "output", "at"',
    ],
    [
      'an output that is none',
      () => saliency(model, x, { target: { ...contrast(1, [2]), output: {} as number } }),
      'TypeError: saliency: expected output to be the name or the number of an output, got an object of class Object',
    ],
    [
      'a weight that is no number',
      () => contrast(1, [2], { weight: NaN }),
      'RangeError: contrast: expected weight to be a finite number, got NaN',
    ],
    [
      'a class that does not exist among the others',
      () => saliency(model, x, { target: contrast(1, [0, 4]) }),
      'RangeError: saliency: expected others to be classes from 0 to 3, got 4',
    ],
    [
      'a single class',
      () => saliency(stack([2], dense([[1], [1]])), x, { target: contrast(0) }),
      'RangeError: saliency: expected an output of several classes to set one against others',
    ],
  ])('refuses %s', (_name, body, message) => {
    expect(messageOf(body)).toBe(message);
  });
});

describe('a list of classes', () => {
  it('with one undefined is refused, and does not mean the highest', () => {
    const target = [1, undefined] as number[];
    expect(messageOf(() => saliency(model, x, { target }))).toBe(
      'RangeError: saliency: expected target to be a class from 0 to 3, got undefined',
    );
  });
});
