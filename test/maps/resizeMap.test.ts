import { image, randomUniform, tensor, type Rank } from '@tensorflow/tfjs-core';
import { resizeMap, type ResizeMapOptions } from 'guided-saliency';
import { describe, expect, it } from 'vitest';
import { expectSame } from '../support/expectSame';
import { leftBehind, messageOf, onlyResults } from '../support/leftBehind';
import { rounded } from '../support/rounded';

/** One row, resized along its only axis of more than one cell. */
const row = (values: number[], length: number, options: ResizeMapOptions = {}) =>
  rounded(resizeMap(tensor(values, [1, 1, values.length]), [1, length], options));

describe('resizeMap', () => {
  it('is bilinear, cells taken as squares: a quarter of the way in, a quarter of each', async () => {
    expect(await row([0, 1], 4)).toEqual([0, 0.25, 0.75, 1]);
    expect(await row([0, 1], 4, { method: 'bilinear', halfPixelCenters: true })).toEqual([0, 0.25, 0.75, 1]);
    expect(await row([0, 2, 4, 6], 2)).toEqual([1, 5]);
  });

  it('lays corner on corner', async () => {
    expect(await row([0, 1], 5, { alignCorners: true })).toEqual([0, 0.25, 0.5, 0.75, 1]);
    expect(await row([3, 1], 1, { alignCorners: true })).toEqual([3]);
  });

  it('lays first cell on first cell, as TensorFlow 1 does', async () => {
    expect(await row([0, 1], 4, { halfPixelCenters: false })).toEqual([0, 0.5, 1, 1]);
  });

  it('takes the nearest', async () => {
    const method = 'nearest';
    expect(await row([0, 1, 2], 5, { method })).toEqual([0, 0, 1, 2, 2]);
    expect(await row([0, 1, 2], 5, { method, halfPixelCenters: false })).toEqual([0, 0, 1, 1, 2]);
    expect(await row([0, 1, 2], 5, { method, alignCorners: true })).toEqual([0, 1, 1, 2, 2]);
    expect(await row([0, 1, 2, 3], 2, { method })).toEqual([1, 3]);
  });

  it("is TensorFlow's bicubic: a = -0.5, what is outside counts nothing", async () => {
    // w(.25) = .8671875, w(.75) = .2265625, w(1.25) = -.0703125, of those inside, over their sum
    const expected = [-0.088235, 0.20714, 0.79286, 1.0882];
    expect(await row([0, 1], 4, { method: 'bicubic' })).toEqual(expected);
    expect(await row([5, 5, 5], 7, { method: 'bicubic' })).toEqual([5, 5, 5, 5, 5, 5, 5]);
  });

  it("is TensorFlow 1's bicubic without half pixels: a = -0.75, borders repeated", async () => {
    // at a half w(.5) = .59375 and w(1.5) = -.09375
    const [, between] = await row([0, 1, 0], 5, { method: 'bicubic', alignCorners: true });
    expect(between).toBe(0.59375);
    expect(await row([5, 5, 5], 7, { method: 'bicubic', halfPixelCenters: false })).toEqual(Array(7).fill(5));
  });

  it('has the weights of the bicubic in steps of 1/1024, as TensorFlow has', async () => {
    // 2 -> 3: at 1/6 behind the first cell, 171/1024 of the way
    const t = 171 / 1024;
    const near = (1.5 * t - 2.5) * t * t + 1;
    const s = 1 - t;
    const far = (1.5 * s - 2.5) * s * s + 1;
    const at = (2 * 1 + 1) * (5 / 6) - 0.5; // the second of 3 from 5 cells: 2; the first: 1/3
    expect(at).toBe(2);
    const [first] = await row([1, 0, 0, 0, 0], 3, { method: 'bicubic' });
    const u = Math.round(1024 / 3) / 1024;
    const w = (x: number) => (x <= 1 ? (1.5 * x - 2.5) * x * x + 1 : ((-0.5 * x + 2.5) * x - 4) * x + 2);
    expect(first).toBeCloseTo(w(u) / (w(u) + w(1 - u) + w(2 - u)), 5);
    expect(near).toBeGreaterThan(far);
  });

  it.each<[ResizeMapOptions, boolean, boolean]>([
    [{}, false, true],
    [{ alignCorners: true }, true, false],
    [{ halfPixelCenters: false }, false, false],
  ])('is what tf.image makes of images, larger and smaller: %j', async (options, corners, half) => {
    const map = randomUniform<Rank.R4>([2, 5, 3, 2], -1, 1, 'float32', 3);
    for (const size of [
      [7, 4],
      [3, 9],
      [5, 1],
    ] as [number, number][]) {
      await expectSame(resizeMap(map, size, options), image.resizeBilinear(map, size, corners, half), 1e-5);
    }
  });

  it('resizes each sample and channel by itself, rows and columns by themselves', async () => {
    const map = tensor([1, 10, 3, 30, 5, 50, 7, 70], [1, 2, 2, 2]);
    const wider = resizeMap(map, [1, 2]);
    expect(wider.shape).toEqual([1, 1, 2, 2]);
    expect(await rounded(wider)).toEqual([3, 30, 5, 50]);
    expect(await rounded(resizeMap(tensor([1, 3, 5, 7], [2, 1, 2]), [1, 1]))).toEqual([2, 6]);
  });

  it('resizes signals and volumes', async () => {
    expect(await rounded(resizeMap(tensor([0, 4], [1, 2]), [4]))).toEqual([0, 1, 3, 4]);
    const signal = resizeMap(tensor([0, 8, 4, 12], [1, 2, 2]), [4]);
    expect(await rounded(signal)).toEqual([0, 8, 1, 9, 3, 11, 4, 12]);
    const volume = resizeMap(tensor([0, 4, 8, 12], [1, 2, 1, 2]), [4, 1, 1]);
    expect(volume.shape).toEqual([1, 4, 1, 1]);
    expect(await rounded(volume)).toEqual([2, 4, 8, 10]);
  });

  it('takes integers, gives floats, and is a map of its own where nothing changes', async () => {
    const map = tensor([1, 2], [1, 1, 2], 'int32');
    const result = resizeMap(map, [1, 3]);
    expect(result.dtype).toBe('float32');
    expect(await rounded(result)).toEqual([1, 1.5, 2]);
    const floats = tensor([1, 2], [1, 1, 2]);
    const same = resizeMap(floats, [1, 2]);
    floats.dispose();
    expect(await rounded(same)).toEqual([1, 2]);
    expect(resizeMap(tensor([], [0, 2, 2]), [4, 4]).shape).toEqual([0, 4, 4]);
  });

  it('keeps a NaN where it is, and an infinity', async () => {
    expect(await row([NaN, 1, 2, 3], 2)).toEqual([NaN, 2.5]);
    expect(await row([Infinity, 1], 4, { method: 'nearest' })).toEqual([Infinity, Infinity, 1, 1]);
  });

  it('leaves nothing but its result', () => {
    const map = tensor([1, 2, 3, 4], [1, 2, 2]);
    for (const method of ['bilinear', 'nearest', 'bicubic'] as const) {
      expect(leftBehind(() => resizeMap(map, [3, 5], { method }))).toEqual(onlyResults(1));
    }
    expect(leftBehind(() => messageOf(() => resizeMap(map, [0, 1])))).toEqual(onlyResults(0));
  });

  const map = tensor([1, 2, 3, 4], [1, 2, 2]);
  const whole = 'expected size to be whole numbers above 0, [height, width] for a map of an image';
  it.each<[unknown, unknown, unknown, string]>([
    [
      [[1]],
      [2, 2],
      {},
      'TypeError: resizeMap: expected map to be a tensor, got a list with a list with a number; ' +
        'make it a tensor with tf.tensor(map)',
    ],
    [map, [2, 0], {}, `RangeError: resizeMap: ${whole}, got [2, 0]`],
    [map, [2.5, 2], {}, `RangeError: resizeMap: ${whole}, got [2.5, 2]`],
    [map, [], {}, `RangeError: resizeMap: ${whole}, got []`],
    [map, 4, {}, `RangeError: resizeMap: ${whole}, got a number`],
    [
      map,
      [2, 2, 2],
      {},
      'RangeError: resizeMap: expected map to be [batch, size 1, size 2, size 3] or [batch, size 1, size 2, size 3, channels] for the size [2, 2, 2], got [1, 2, 2]',
    ],
    [
      tensor([1, 2], [1, 2]),
      [2, 2],
      {},
      'RangeError: resizeMap: expected map to be [batch, height, width] or [batch, height, width, channels] for the size [2, 2], got [1, 2]',
    ],
    [map, [2, 2], { metod: 'nearest' }, 'TypeError: resizeMap: no option "metod"; did you mean "method"?'],
    [map, [2, 2], null, 'TypeError: resizeMap: expected options to be an object, got null'],
    [
      map,
      [2, 2],
      { method: 'cubic' },
      'RangeError: resizeMap: expected method to be one of "bilinear", "nearest", "bicubic", got "cubic"',
    ],
    [
      map,
      [2, 2],
      { method: 3 },
      'RangeError: resizeMap: expected method to be one of "bilinear", "nearest", "bicubic", got a number',
    ],
    [
      map,
      [2, 2],
      { alignCorners: 1 },
      'TypeError: resizeMap: expected alignCorners to be true or false, got a number',
    ],
    [
      map,
      [2, 2],
      { halfPixelCenters: true, alignCorners: true },
      'RangeError: resizeMap: expected halfPixelCenters or alignCorners, got both; leave one out',
    ],
  ])('refuses %#', (given, size, options, message) => {
    expect(messageOf(() => resizeMap(given as never, size as never, options as never))).toBe(message);
  });
});
