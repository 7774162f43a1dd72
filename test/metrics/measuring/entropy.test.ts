import { describe, expect, it } from 'vitest';
import { entropyOf } from '../../../src/metrics/measuring/entropy';

const map = (values: number[]) => ({
  values: Float32Array.from(values),
  space: [values.length],
  channels: 1,
});

describe("the entropy of a map's histogram", () => {
  it('is log 2 of two values, and 0 of one', () => {
    expect(entropyOf(map([1, 1, 3, 3]))).toBeCloseTo(Math.log(2), 12);
    expect(entropyOf(map([2, 2, 2]))).toBe(0);
  });

  it('is NaN, not the 0 of a map that is the same everywhere, where a cell is no number or without end', () => {
    for (const odd of [NaN, Infinity]) expect(entropyOf(map([1, odd, 3, 4]))).toBeNaN();
    expect(entropyOf(map([NaN, NaN]))).toBeNaN();
  });
});
