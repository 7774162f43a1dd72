import { describe, expect, it } from 'vitest';
import { activate, NOT_ACTIVATED } from '../../../src/tensors/loops/activate';

describe('sums with a number for each channel added', () => {
  const activated = (slope: number, limit: number) => {
    const y = Float32Array.of(-Infinity, -4, 0, 3, 9, Infinity, NaN, -2);
    activate(y, Float32Array.of(1, -1), { slope, limit });
    return Array.from(y);
  };

  it('are activated as TF.js does it', () => {
    expect(activated(0, Infinity)).toEqual([0, 0, 1, 2, 10, Infinity, NaN, 0]);
    expect(activated(0, 6)).toEqual([0, 0, 1, 2, 6, 6, NaN, 0]);
    expect(activated(0.5, Infinity)).toEqual([-Infinity, -2.5, 1, 2, 10, Infinity, NaN, -1.5]);
    expect(activated(NOT_ACTIVATED.slope, NOT_ACTIVATED.limit)).toEqual([
      -Infinity,
      -5,
      1,
      2,
      10,
      Infinity,
      NaN,
      -3,
    ]);
  });
});
