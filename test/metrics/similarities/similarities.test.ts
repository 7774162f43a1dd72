import { ones } from '@tensorflow/tfjs-core';
import { cosine, hog, pearson, spearman, spearmanAbsolute, ssim } from 'guided-saliency/metrics';
import { describe, expect, it } from 'vitest';
import { messageOf } from '../../support/leftBehind';

const wave = (factor: number) => Float64Array.from({ length: 256 }, (_, i) => Math.sin(factor * i));
const wrong = <T>(value: unknown) => value as T;

describe('spearman', () => {
  it('is that of the ranks, by hand', () => {
    // ranks 1 2 3 4 and 1 3 2 4: 1 − 6 · 2 / (4 · 15)
    expect(spearman([-5, 0, 1, 100], [1, 3, 2, 4])).toBeCloseTo(0.8, 12);
  });

  it('gives equal values the mean of their ranks', () => {
    // ranks 1.5 1.5 3 4 and 1 2 3.5 3.5: 4 / √(4.5 · 4.5), as scipy.stats.spearmanr
    expect(spearman([7, 7, 8, 9], [0, 1, 2, 2])).toBeCloseTo(4 / 4.5, 12);
  });

  it('is 1 for the same order, −1 for the opposite one, nothing for a map that is the same everywhere', () => {
    expect(spearman([1, 2, 3], [2, 20, 21])).toBe(1);
    expect(spearman([1, 2, 3], [3, 2, -9])).toBe(-1);
    expect(spearman([1, 2, 3], [4, 4, 4])).toBeNaN();
    expect(spearman([1, 2, NaN], [1, 2, 3])).toBeNaN();
  });
});

describe('spearmanAbsolute', () => {
  it('takes no notice of signs', () => {
    const signed = [1, -2, 3, -4];
    expect(spearman(signed, [1, 2, 3, 4])).toBeCloseTo(-0.4, 12);
    expect(spearmanAbsolute(signed, [1, 2, 3, 4])).toBe(1);
  });

  it('adds the magnitudes of the channels up', () => {
    // 5 1 3 and 1 2 3, where 4 −1 | 0 1 | 1 2 of one channel would be in another order
    expect(spearmanAbsolute([4, -1, 0, 1, 1, 2], [1, 0, 1, 1, 3, 0], { channels: 2 })).toBeCloseTo(-0.5, 12);
  });
});

describe('pearson and cosine', () => {
  it('are those by hand', () => {
    // deviations −1 0 1 and −4/3 −1/3 5/3: 3 / √(2 · 14/3)
    expect(pearson([1, 2, 3], [1, 2, 4])).toBeCloseTo(3 / Math.sqrt(28 / 3), 12);
    expect(cosine([1, 2, 3], [1, 0, -1])).toBeCloseTo(-2 / Math.sqrt(28), 12);
  });

  it('differ in what a constant does', () => {
    expect(pearson([1, 2, 3], [11, 12, 13])).toBe(1);
    expect(cosine([1, 2, 3], [11, 12, 13])).toBeCloseTo(74 / Math.sqrt(14 * 434), 12);
    expect(pearson([1, 2, 3], [0, 0, 0])).toBeNaN();
    expect(cosine([1, 2, 3], [0, 0, 0])).toBeNaN();
  });

  it.each([0.1, -0.7, 1 / 3, 1e200])(
    'have no correlation with %d everywhere, whatever its sum rounds to',
    (value) => {
      for (const length of [3, 7, 10, 100]) {
        const rising = Array.from({ length }, (_, i) => i);
        expect(
          pearson(
            rising,
            rising.map(() => value),
          ),
        ).toBeNaN();
      }
    },
  );

  it('of values too small to be squared as floats are right', () => {
    expect(cosine(Float32Array.of(1e-30, 2e-30), Float32Array.of(2e-30, 4e-30))).toBeCloseTo(1, 6);
  });
});

describe('ssim', () => {
  const size = { height: 16, width: 16 };
  const checker = Float64Array.from({ length: 25 }, (_, i) => i % 2);

  it('is that of one window by hand', () => {
    // means 12/25 and 0, variance of the first 12 · 13 / (25 · 24), the second all 0
    const variance = (12 * 13) / (25 * 24);
    const byHand = (1e-4 / ((12 / 25) ** 2 + 1e-4)) * (9e-4 / (variance + 9e-4));
    expect(ssim(checker, new Float64Array(25), { height: 5, width: 5 })).toBeCloseTo(byHand, 12);
  });

  it('is 1 for the same picture, below for another, and the same both ways', () => {
    expect(ssim(wave(1), wave(1), size)).toBeCloseTo(1, 12);
    const other = ssim(wave(1), wave(2), size);
    expect(other).toBeLessThan(0.2);
    expect(ssim(wave(2), wave(1), size)).toBeCloseTo(other, 12);
  });

  it('depends on the window and on the range', () => {
    const other = wave(1).map((value, i) => value + 0.5 * Math.sin(3 * i));
    const given = ssim(wave(1), other, size);
    expect(ssim(wave(1), other, { ...size, window: 'gaussian' })).not.toBeCloseTo(given, 2);
    expect(ssim(wave(1), other, { ...size, range: 10 })).not.toBeCloseTo(given, 2);
    // twice the values in twice the range
    const twice = (values: Float64Array) => values.map((value) => 2 * value);
    expect(ssim(twice(wave(1)), twice(other), { ...size, range: 2 })).toBeCloseTo(given, 12);
  });
});

describe('hog', () => {
  const picture = (value: (row: number, column: number) => number) =>
    Float64Array.from({ length: 16 * 24 }, (_, i) => value(Math.floor(i / 24), i % 24));
  const size = { height: 16, width: 24 };
  const upright = picture((_, column) => Math.sin(column));
  const level = picture((row) => Math.sin(row));

  it('is 1 for edges of the same directions, whatever their strength', () => {
    expect(hog(upright, upright, size)).toBeCloseTo(1, 12);
    const stronger = upright.map((value) => 9 * value);
    expect(hog(upright, stronger, size)).toBeCloseTo(1, 6);
  });

  it('is by hand that of one direction against another: all cells in bin 0 against all in bin 4', () => {
    // each cell has one of its 8 bins: −(1/8) of the variance
    expect(hog(upright, level, size)).toBeCloseTo(-1 / 7, 9);
  });

  it('is NaN where a value is none, as scikit-image has it', () => {
    const torn = upright.map((value, i) => (i === 100 ? NaN : value));
    expect(hog(torn, level, size)).toBeNaN();
    expect(hog(level, torn, size)).toBeNaN();
  });

  it('tells a map without edges', () => {
    expect(
      hog(
        upright,
        picture(() => 1),
        size,
      ),
    ).toBeNaN();
  });
});

describe('similarities refuse', () => {
  const two = { spearman, spearmanAbsolute, pearson, cosine };
  it.each(Object.entries(two))('%s: what is no list, and lists of different lengths', (name, similarity) => {
    expect(messageOf(() => similarity([1], [1, 2]))).toBe(
      `RangeError: ${name}: expected a and b to hold as many numbers each, got 1 and 2`,
    );
    expect(messageOf(() => similarity(wrong(ones([2])), [1, 2]))).toBe(
      `TypeError: ${name}: expected a to be a list of numbers, got a tensor; read it back first: await map.data()`,
    );
    expect(messageOf(() => similarity([1], wrong(['1'])))).toBe(
      `TypeError: ${name}: expected b to be a list of numbers, got a list with a string`,
    );
  });

  it.each<[string, () => unknown]>([
    [
      'TypeError: spearmanAbsolute: no option "chanels"; did you mean "channels"?',
      () => spearmanAbsolute([1], [1], wrong({ chanels: 1 })),
    ],
    [
      'RangeError: spearmanAbsolute: expected channels to divide the 3 values, got 2',
      () => spearmanAbsolute([1, 2, 3], [1, 2, 3], { channels: 2 }),
    ],
    [
      'RangeError: ssim: expected height to be a whole number from 5 on, got 4',
      () => ssim(wave(1), wave(1), { height: 4, width: 64 }),
    ],
    [
      'RangeError: ssim: expected width to be a whole number from 11 on, got 8',
      () => ssim(wave(1), wave(1), { height: 32, width: 8, window: 'gaussian' }),
    ],
    [
      'RangeError: ssim: expected height × width to be the 256 values of a map, got 8 × 8; add channels up first',
      () => ssim(wave(1), wave(1), { height: 8, width: 8 }),
    ],
    [
      'RangeError: ssim: expected window to be one of "uniform", "gaussian", got "square"',
      () => ssim(wave(1), wave(1), { height: 16, width: 16, window: wrong('square') }),
    ],
    [
      'RangeError: ssim: expected range to be a number above 0, got 0',
      () => ssim(wave(1), wave(1), { height: 16, width: 16, range: 0 }),
    ],
    [
      'RangeError: hog: expected width to be a whole number from 8 on, got 4',
      () => hog(wave(1), wave(1), { height: 64, width: 4 }),
    ],
    [
      'TypeError: hog: expected options to be an object, got undefined',
      () => hog([1], [1], wrong(undefined)),
    ],
  ])('%s', (message, call) => {
    expect(messageOf(call)).toBe(message);
  });
});
