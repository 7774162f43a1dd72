import {
  add,
  cumprod,
  cumsum,
  euclideanNorm,
  getBackend,
  logSumExp,
  max,
  mean,
  min,
  mul,
  prod,
  sum,
  tensor,
  type Tensor,
} from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import { checkGradient, gradient, scattered } from '../../support/kernelGradient';

const reductions: [string, (x: Tensor, axis?: number | number[], keepDims?: boolean) => Tensor][] = [
  ['sum', sum],
  ['mean', mean],
  ['max', max],
  ['min', min],
  ['prod', prod],
];
const axes: (number | number[] | undefined)[] = [undefined, 0, 1, -1, -2, [0, 2], [2, 1], [-3, -1]];

describe('the gradient of a reduction', () => {
  it('is split among the elements that reach the maximum, or the minimum', async () => {
    expect(await gradient((x) => max(x), tensor([2, 2, 1]))).toEqual([0.5, 0.5, 0]);
    expect(await gradient((x) => min(x), tensor([1, 1, 2]))).toEqual([0.5, 0.5, 0]);
    const map = tensor([3, 1, 3, 2, -1, -1, -1, -4], [2, 2, 2]); // [batch, cells, channels]
    const dy = tensor([1, 10, 100, 1000], [2, 2]);
    expect(await gradient((x) => max(x, 1), map, dy)).toEqual([0.5, 0, 0.5, 10, 50, 1000, 50, 0]);
    expect(await gradient((x) => min(x, 1), map, dy)).toEqual([0.5, 10, 0.5, 0, 50, 0, 50, 1000]);
  });

  it('shares a mean, and repeats a sum', async () => {
    const x = tensor([1, 2, 3, 4, 5, 6], [2, 3]);
    expect(await gradient((t) => mean(t, 1), x, tensor([3, -6]))).toEqual([1, 1, 1, -2, -2, -2]);
    expect(await gradient((t) => sum(t, 0), x, tensor([3, -6, 1]))).toEqual([3, -6, 1, 3, -6, 1]);
  });

  it('knows what a product is without one of its factors, also beside zeros', async () => {
    expect(await gradient((x) => prod(x), tensor([2, 3, 4]))).toEqual([12, 8, 6]);
    expect(await gradient((x) => prod(x), tensor([2, 0, 4]))).toEqual([0, 8, 0]);
    expect(await gradient((x) => prod(x), tensor([0, 0, 4]))).toEqual([0, 0, 0]);
    const rows = tensor([2, 3, 0, 5], [2, 2]);
    expect(await gradient((x) => prod(x, -1), rows, tensor([1, 10]))).toEqual([3, 2, 50, 0]);
  });

  it.each(reductions)('agrees with differences, over any axes: %s', async (_, op) => {
    for (const axis of axes) {
      await checkGradient((x) => op(x, axis), scattered([2, 3, 4]), { step: 3e-3, samples: 6 });
      await checkGradient((x) => op(x, axis, true), scattered([2, 3, 4]), { step: 3e-3, samples: 6 });
    }
  });

  it('agrees with differences for what is made of reductions', async () => {
    await checkGradient((x) => logSumExp(x, 1), scattered([3, 5]));
    await checkGradient((x) => euclideanNorm(x, 1), scattered([3, 5]));
  });
});

const directions = [
  [false, false],
  [true, false],
  [false, true],
  [true, true],
] as const;
/** On webgpu the forward pass is wrong from the end to the beginning. */
const right = getBackend() === 'webgpu' ? directions.slice(0, 2) : directions;

describe('the gradient of a running sum', () => {
  it('is the sum of what comes after', async () => {
    const dy = tensor([1, 10, 100]);
    expect(await gradient((x) => cumsum(x), tensor([5, 6, 7]), dy)).toEqual([111, 110, 100]);
    expect(await gradient((x) => cumsum(x, 0, true), tensor([5, 6, 7]), dy)).toEqual([110, 100, 0]);
  });

  it.skipIf(getBackend() === 'webgpu')('is the sum of what comes before where it is reverse', async () => {
    const dy = tensor([1, 10, 100]);
    expect(await gradient((x) => cumsum(x, 0, false, true), tensor([5, 6, 7]), dy)).toEqual([1, 11, 111]);
  });

  it.each(right)(
    'agrees with differences along any axis: exclusive %s, reverse %s',
    async (exclusive, reverse) => {
      for (const axis of [0, 1, 2]) {
        const f = (x: Tensor) => cumsum(x, axis, exclusive, reverse);
        await checkGradient(f, scattered([3, 3, 3]), { step: 1, tolerance: 1e-4 });
      }
    },
  );
});

describe('the gradient of a running product', () => {
  const dy = tensor([1, 10, 100, 1000]);

  it('survives zeros', async () => {
    // y = 2, 6, 24, 120
    expect(await gradient((x) => cumprod(x), tensor([2, 3, 4, 5]), dy)).toEqual([
      1 + 30 + 1200 + 60000,
      20 + 800 + 40000,
      600 + 30000,
      24000,
    ]);
    // y = 2, 0, 0, 0: the zero alone decides about what is behind it
    expect(await gradient((x) => cumprod(x), tensor([2, 0, 4, 5]), dy)).toEqual([1, 20 + 800 + 40000, 0, 0]);
    // two zeros: behind the second nothing depends on the first
    expect(await gradient((x) => cumprod(x), tensor([2, 0, 4, 0]), dy)).toEqual([1, 20 + 800, 0, 0]);
    expect(await gradient((x) => cumprod(x), tensor([0, 3, 4, 5]), dy)).toEqual([61231, 0, 0, 0]);
  });

  it('looks one element back where it is exclusive', async () => {
    // y = 1, 2, 0, 0
    expect(await gradient((x) => cumprod(x, 0, true), tensor([2, 0, 4, 5]), dy)).toEqual([10, 8200, 0, 0]);
    expect(await gradient((x) => cumprod(x, 0, true), tensor([7]), tensor([3]))).toEqual([0]);
  });

  it.skipIf(getBackend() === 'webgpu')('starts at the end where it is reverse', async () => {
    // y = 0, 0, 20, 5
    expect(await gradient((x) => cumprod(x, 0, false, true), tensor([2, 0, 4, 5]), dy)).toEqual([
      0,
      40 + 200,
      500,
      1000 + 400,
    ]);
  });

  it.each(right)(
    'agrees with differences along any axis: exclusive %s, reverse %s',
    async (exclusive, reverse) => {
      for (const axis of [0, 1, 2]) {
        const x = add(mul(scattered([3, 3, 3]), 0.5), 1.2);
        await checkGradient((t) => cumprod(t, axis, exclusive, reverse), x);
      }
    },
  );
});
