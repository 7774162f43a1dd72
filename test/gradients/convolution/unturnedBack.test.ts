import { tensor4d, type Tensor4D } from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import type { Axis } from '../../../src/gradients/axes';
import { convolveBack } from '../../../src/gradients/convolution/convolveBack';
import { unturnedBack } from '../../../src/gradients/convolution/unturnedBack';
import { weightOf } from '../../../src/gradients/weight';
import { kernelsOf } from '../../support/kernelsOf';

const one: Axis = { axis: 1, input: 1, output: 1, kernel: 1, stride: 1, dilation: 1, before: 0 };
/** y[o] = w₀ x[o] + w₁ x[o + 1], of 3 cells. */
const across: Axis = { ...one, axis: 2, input: 3, output: 2, kernel: 2 };
const weight = (filter: Tensor4D) => weightOf(undefined, filter.shape, () => filter);

describe('the gradient of a convolution by the kernel of TF.js', () => {
  it('is known where the steps are one and nothing is dilated', async () => {
    const filter = tensor4d([1, 10, 100, 1000], [1, 2, 1, 2]);
    const dy = tensor4d([1, 2, 3, 4], [1, 1, 2, 2]);
    // dx = (1·1 + 10·2, 100·1 + 1000·2 + 1·3 + 10·4, 100·3 + 1000·4)
    const dx = unturnedBack(dy, weight(filter), [one, across])!;
    expect([...(await dx.data())]).toEqual([21, 2143, 4300]);
    const same = { ...across, kernel: 3, output: 3, before: 1 };
    const wide = tensor4d([1, 2, 3, 4, 5, 6], [1, 3, 1, 2]);
    const each = tensor4d([1, 0, 0, 0, 0, 1], [1, 1, 3, 2]);
    // dx[i] = Σₖ w[k] dy[i + 1 − k]: w₁, w₂ of the first; w₀, w₁ of the last
    expect([...(await unturnedBack(each, weight(wide), [one, same])!.data())]).toEqual([3, 5 + 2, 4]);
    for (const other of [
      { ...across, stride: 2 },
      { ...across, dilation: 2, input: 4 },
      { ...across, before: 1 },
      { ...across, output: 1 },
      { ...same, before: 0, input: 4 },
    ]) {
      expect(unturnedBack(dy, weight(filter), [one, other])).toBeUndefined();
    }
  });

  it('is not asked for of one channel on both sides, which TensorFlow has wrong', async () => {
    const [filter, dy] = [tensor4d([1, 2], [1, 2, 1, 1]), tensor4d([1, 2], [1, 1, 2, 1])];
    expect(unturnedBack(dy, weight(filter), [one, across])).toBeUndefined();
    const two = weight(tensor4d([1, 2], [1, 1, 2, 1]));
    const dx = unturnedBack(tensor4d([1], [1, 1, 1, 1]), two, [one, one])!;
    expect([...(await dx.data())]).toEqual([1, 2]);
  });
});

describe('the gradient of a convolution by a convolution', () => {
  it('is that alone where the steps are one: nothing is done to what it gives', () => {
    const filter = tensor4d([1, 2, 3, 4], [1, 2, 2, 1]);
    const dy = tensor4d([1, 2], [1, 1, 2, 1]);
    const kernels = kernelsOf(() => convolveBack(dy, weight(filter), [one, across]));
    expect(kernels.at(-1)).toMatch(/^Conv2D(BackpropInput)?$/);
  });
});
