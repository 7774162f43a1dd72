import {
  add,
  addN,
  clipByValue,
  div,
  divNoNan,
  floorDiv,
  getBackend,
  maximum,
  minimum,
  mul,
  pow,
  squaredDifference,
  sub,
  tensor,
  type Tensor,
} from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import { checkGradient, gradient, scattered } from '../../support/kernelGradient';

const at = (...values: number[]) => tensor(values);

describe('the gradient of a choice between two tensors', () => {
  it('goes to the first of equal operands', async () => {
    const x = at(0, 1, 2);
    expect(await gradient((t) => maximum(t, 1), x)).toEqual([0, 1, 1]);
    expect(await gradient((t) => maximum(1, t), x)).toEqual([0, 0, 1]);
    expect(await gradient((t) => minimum(t, 1), x)).toEqual([1, 1, 0]);
    expect(await gradient((t) => minimum(1, t), x)).toEqual([1, 0, 0]);
  });

  it('is whole where both operands are the same', async () => {
    expect(await gradient((t) => maximum(t, t), at(1))).toEqual([1]);
    expect(await gradient((t) => minimum(t, t), at(1))).toEqual([1]);
  });

  it('tells values apart that differ by the last digit, and large ones', async () => {
    expect(await gradient((t) => maximum(t, 1), at(1 - 2 ** -23, 1 + 2 ** -23))).toEqual([0, 1]);
    expect(await gradient((t) => minimum(t, 0), at(-1e30, -1e-30, 1e-30, 1e30))).toEqual([1, 1, 0, 0]);
  });

  it('is summed over what a smaller operand is compared with', async () => {
    const other = tensor([1, 5, 3, 2, 0, 9], [3, 2]);
    const dy = tensor([1, 2, 4, 8, 16, 32], [3, 2]);
    // x = 2, 4: larger than 1 and 0; than 2
    expect(await gradient((x) => maximum(x, other), at(2, 4), dy)).toEqual([17, 8]);
    expect(await gradient((x) => minimum(other, x), at(2, 4), dy)).toEqual([4, 34]);
    expect(await gradient((x) => maximum(other, x), tensor(4), dy)).toEqual([1 + 4 + 8 + 16]);
  });
});

describe('the gradient of a sum, a product, a quotient', () => {
  const other = tensor([1, -2, 4, 8], [2, 2]);

  it('is that of the calculus', async () => {
    const x = tensor([3, 5, 7, 9], [2, 2]);
    expect(await gradient((t) => add(t, other), x)).toEqual([1, 1, 1, 1]);
    expect(await gradient((t) => sub(other, t), x)).toEqual([-1, -1, -1, -1]);
    expect(await gradient((t) => mul(other, t), x)).toEqual([1, -2, 4, 8]);
    expect(await gradient((t) => div(t, other), x)).toEqual([1, -0.5, 0.25, 0.125]);
    expect(await gradient((t) => div(t, t), x)).toEqual([0, 0, 0, 0]);
    expect(await gradient((t) => div(18, t), tensor([3, -1]))).toEqual([-2, -18]);
    expect(await gradient((t) => squaredDifference(t, other), x)).toEqual([4, 14, 6, 2]);
    expect(await gradient((t) => squaredDifference(other, t), x)).toEqual([4, 14, 6, 2]);
    expect(await gradient((t) => addN([t, other, t]), x)).toEqual([2, 2, 2, 2]);
  });

  it.each([
    ['add', add],
    ['sub', sub],
    ['mul', mul],
    ['div', div],
    ['squaredDifference', squaredDifference],
    ['maximum', maximum],
    ['minimum', minimum],
  ] as [string, (a: Tensor, b: Tensor) => Tensor][])(
    'undoes the broadcasting of either operand of %s',
    async (_, op) => {
      const large = add(scattered([2, 3, 4], 3), 2);
      const small = add(scattered([3, 1], 5), 2);
      await checkGradient((x) => op(x, large), small, { step: 1e-2 });
      await checkGradient((x) => op(large, x), small, { step: 1e-2 });
      await checkGradient((x) => op(x, small), large, { step: 1e-2 });
      await checkGradient((x) => op(small, x), large, { step: 1e-2 });
      await checkGradient((x) => op(large, x), tensor(1.7), { step: 1e-2 });
    },
  );

  it('is 0 behind a quotient that is not used, huge behind a division by zero that is', async () => {
    const divisors = at(2, 0, -4);
    expect(await gradient((x) => divNoNan(x, divisors), at(1, 1, 1))).toEqual([0.5, 0, -0.25]);
    expect(await gradient((x) => divNoNan(8, x), at(2, 0, -4))).toEqual([-2, 0, -0.5]);
    const [huge] = await gradient((x) => div(x, 0), at(1));
    expect(huge).toBeGreaterThan(1e30);
  });

  // webgl's forward pass rounds otherwise, and is refused
  it.skipIf(getBackend() === 'webgl')('is 0 for a quotient rounded down', async () => {
    expect(await gradient((x) => add(floorDiv(x, 2), mul(3, x)), at(5, -5))).toEqual([3, 3]);
  });

  it('takes powers as TensorFlow does', async () => {
    expect(await gradient((x) => pow(x, 2), at(-1, 0, 1))).toEqual([-2, 0, 2]);
    expect(await gradient((x) => pow(x, 1), at(-1, 0, 1))).toEqual([1, 1, 1]);
    expect(await gradient((x) => pow(2, x), at(-1, 0, 2))).toEqual([0.34657, 0.69315, 2.7726]);
    const bases = tensor([1, Math.E], [1, 1, 2, 1, 1]);
    expect(await gradient((x) => pow(bases, x), tensor([5, 0], [1, 1, 2, 1, 1]))).toEqual([0, 1]);
    // 0 · 0^-1; a GPU need not know infinity
    if (getBackend().startsWith('webg')) return;
    expect(await gradient((x) => pow(x, 0), at(-1, 0, 1))).toEqual([0, NaN, 0]);
  });

  it('passes a clip inside its bounds and at them', async () => {
    expect(await gradient((x) => clipByValue(x, -1, 1), at(-2, -1, 0, 1, 2))).toEqual([0, 1, 1, 1, 0]);
    const dy = at(-2, 3, -4, 5, 6);
    expect(await gradient((x) => clipByValue(x, 0, 6), at(-1, 0, 3, 6, 7), dy)).toEqual([0, 3, -4, 5, 0]);
  });
});
