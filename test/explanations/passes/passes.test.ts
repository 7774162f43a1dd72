import { mul, reshape, square, sum, tensor, zeros } from '@tensorflow/tfjs-core';
import type { Tensor } from '@tensorflow/tfjs-core';
import { expectedGradients, integratedGradients, smoothGrad, varGrad } from 'guided-saliency';
import { describe, expect, it } from 'vitest';

describe('many passes over an input of six axes', () => {
  const shape = [2, 2, 1, 3, 2, 2];
  const numbers = Array.from({ length: 48 }, (_, i) => Math.sin(1.7 * i));
  const weights = Array.from({ length: 24 }, (_, i) => Math.cos(0.9 * i));
  const weightAt = (i: number) => weights[i % 24]!;
  const x = tensor(numbers, shape);
  const w = tensor(weights, [1, ...shape.slice(1)]);
  /** The sum of `w x` of each sample. */
  const linear = (at: Tensor) => reshape(sum(reshape(mul(at, w), [-1, 24]), 1), [-1, 1]);
  /** The sum of `w x²` of each sample. */
  const curved = (at: Tensor) => linear(square(at));

  async function expectMap(map: Tensor, expected: (x: number, i: number) => number): Promise<void> {
    expect(map.shape).toEqual(shape);
    const found = await map.data();
    numbers.forEach((number, i) => expect(found[i]).toBeCloseTo(expected(number, i), 4));
    map.dispose();
  }

  it('gives means', async () => {
    await expectMap(await smoothGrad(linear, x, { samples: 20 }), (_, i) => weightAt(i));
  });

  it('gives variances', async () => {
    // the gradients are w (2 x + 2 n), whose variance is that of 2 w n
    const noise = tensor(
      Array.from({ length: 24 * 16 }, (_, i) => (Math.floor(i / 24) % 2 === 0 ? 0.5 : -0.5)),
      [16, ...shape.slice(1)],
    );
    await expectMap(await varGrad(curved, x, { noise }), (_, i) => (16 / 15) * weightAt(i) ** 2);
  });

  it('gives sums along paths', async () => {
    const baselines = zeros([1, ...shape.slice(1)]);
    await expectMap(await integratedGradients(curved, x, { steps: 16 }), (at, i) => weightAt(i) * at ** 2);
    await expectMap(
      await expectedGradients(linear, x, { baselines, samples: 16 }),
      (at, i) => weightAt(i) * at,
    );
  });
});
