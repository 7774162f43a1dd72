import { conv2d, grads, mul, randomNormal, sum, type Rank, type Tensor4D } from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import { convolution } from '../../examples/published/convolution';

const normal = (shape: [number, number, number, number], seed: number) =>
  randomNormal<Rank.R4>(shape, 0, 1, 'float32', seed);

describe('convolution', () => {
  it.each([3, 5])('of kernels of %i is learnt as its slopes say', async (size) => {
    const [x, filter] = [normal([2, 6, 7, 3], 1), normal([size, size, 3, 2], 2)];
    const dy = normal([2, 6, 7, 2], 3);
    expect([...(await convolution(x, filter).data())]).toEqual([
      ...(await conv2d(x, filter, 1, 'same').data()),
    ]);
    const score = (a: Tensor4D, b: Tensor4D) => sum(mul(convolution(a, b), dy));
    const slopes = grads(score as never)([x, filter]);
    // linear in each: the slope times where it is taken is the score
    const whole = (await score(x, filter).data())[0]!;
    for (const [i, at] of [x, filter].entries()) {
      expect((await sum(mul(slopes[i]!, at)).data())[0]).toBeCloseTo(whole, 3);
      const other = normal(at.shape, 4 + i);
      const there = i === 0 ? score(other, filter) : score(x, other);
      expect((await sum(mul(slopes[i]!, other)).data())[0]).toBeCloseTo((await there.data())[0]!, 3);
    }
  });
});
