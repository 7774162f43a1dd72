import { clipByValue, mul, pad, slice, square, tensor, type Tensor } from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import { windowOf } from '../../src/tensors/window';
import { gradient, gradientOf, scattered } from '../support/kernelGradient';

const valuesOf = async (x: Tensor) => [...(await x.data())];

describe('windowOf', () => {
  const square3 = tensor([1, 2, 3, 4, 5, 6, 7, 8, 9], [3, 3]);

  it('cuts out what is inside', async () => {
    expect(await valuesOf(windowOf(square3, [1, 0], [2, 2]))).toEqual([4, 5, 7, 8]);
    expect(await valuesOf(windowOf(square3, [2, 0], [1, 3]))).toEqual([7, 8, 9]);
  });

  it('finds zeros outside, or what it is told', async () => {
    expect(await valuesOf(windowOf(square3, [-1, 2], [3, 2]))).toEqual([0, 0, 3, 0, 6, 0]);
    expect(await valuesOf(windowOf(square3, [2, -1], [2, 3], 5))).toEqual([5, 7, 8, 5, 5, 5]);
    expect(await valuesOf(windowOf(square3, [3, 0], [1, 3], 5))).toEqual([5, 5, 5]);
  });

  it('gives the tensor itself where the window is all of it', () => {
    expect(windowOf(square3, [0, 0], [3, 3])).toBe(square3);
  });

  it('works at rank 5, on every axis at once', async () => {
    const x = scattered([2, 3, 2, 3, 2]);
    const begin = [-1, 1, 0, -1, 1];
    const size = [4, 3, 1, 4, 2];
    const at = await valuesOf(x);
    const expected: number[] = [];
    const from = (indices: number[], axis: number): void => {
      if (axis < 5) {
        for (let i = 0; i < size[axis]!; i++) from([...indices, begin[axis]! + i], axis + 1);
      } else {
        const inside = indices.every((index, i) => index >= 0 && index < x.shape[i]!);
        expected.push(inside ? at[indices.reduce((sum, index, i) => sum * x.shape[i]! + index, 0)]! : 0);
      }
    };
    from([], 0);
    expect(await valuesOf(windowOf(x, begin, size))).toEqual(expected);
  });
});

describe('a gradient of a gradient', () => {
  it('passes the kernels of our own: d/dx of 2x, inside', async () => {
    const padded = (x: Tensor) => gradientOf((t) => square(pad(t, [[1, 2]])), x);
    expect(await gradient(padded, tensor([3, 4]))).toEqual([2, 2]);
    const sliced = (x: Tensor) => gradientOf((t) => square(slice(t, [1], [2])), x);
    expect(await gradient(sliced, tensor([3, 4, 5, 6]))).toEqual([0, 2, 2, 0]);
    const clipped = (x: Tensor) => gradientOf((t) => mul(clipByValue(t, 0, 6), t), x);
    // y = 0, x², 6x
    expect(await gradient(clipped, tensor([-1, 3, 7]))).toEqual([0, 2, 0]);
  });
});
