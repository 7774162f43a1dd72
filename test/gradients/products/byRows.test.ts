import { matMul, mul, profile, randomUniform, sum } from '@tensorflow/tfjs-core';
import type { Tensor } from '@tensorflow/tfjs-core';
import { layers, sequential } from '@tensorflow/tfjs-layers';
import { saliency } from 'guided-saliency';
import { describe, expect, it } from 'vitest';
import { currentBackend } from '../../../src/backends/backend';
import { areLargeBatches, batchesByRows } from '../../../src/tensors/loops/batchesByRows';
import { checkDirections } from '../../support/checkDirections';
import { expectAsPredicted } from '../../support/expectAsPredicted';
import { expectSame } from '../../support/expectSame';

/*
 * On cpu products are kernels of ours: of two batches of matrices wherever a gradient needs them, with a
 * weight in programs, forward and back.
 */

const isOwn = currentBackend().hasSlowProducts;
const uniform = (shape: number[], seed: number) => randomUniform(shape, -1, 1.5, 'float32', seed);

describe.runIf(isOwn)('products of two batches', () => {
  const swapped = (shape: number[], is: boolean) =>
    is ? [...shape.slice(0, -2), shape[shape.length - 1]!, shape[shape.length - 2]!] : shape;

  it.each([
    [[], false, false],
    [[], true, false],
    [[3], false, true],
    [[2, 3], true, true],
    [[2, 1, 2], true, false],
    [[4], false, false],
  ] as [number[], boolean, boolean][])(
    'are those of matMul: batches %j, transposed %j, %j',
    async (batch, transposeA, transposeB) => {
      for (const [rows, depth, columns] of [
        [17, 19, 21],
        [16, 16, 24],
        [1, 300, 1],
      ] as const) {
        const a = uniform(swapped([...batch, rows, depth], transposeA), 1);
        const b = uniform(swapped([...batch, depth, columns], transposeB), 2);
        expect(areLargeBatches(a, b)).toBe(true);
        const y = batchesByRows(a, b, transposeA, transposeB);
        await expectSame(y, matMul(a, b, transposeA, transposeB), 2e-6);
        expect(y.shape).toEqual([...batch, rows, columns]);
      }
    },
  );

  it('are not taken where one is broadcast, or small', () => {
    expect(areLargeBatches(uniform([2, 20, 20], 1), uniform([1, 20, 20], 2))).toBe(false);
    expect(areLargeBatches(uniform([20, 20], 1), uniform([3, 3], 2))).toBe(false);
  });

  it('have the gradient that differences have, and the gradient of that', async () => {
    const b = uniform([2, 18, 17], 2);
    const f = (x: Tensor) => matMul(x, mul(x, b), false, true);
    await checkDirections(f, uniform([2, 18, 17], 1));
    const x = uniform([2, 18, 17], 3);
    const target = (y: Tensor | Tensor[]) => sum(mul(y as Tensor, y as Tensor), [1, 2]);
    const squares = (x: Tensor) => sum(mul(saliency(f, x, { target }), b), [1, 2]);
    const { kernelNames } = await profile(() => saliency(f, x, { target }));
    expect(kernelNames).toContain('GuidedSaliencyBatches');
    // of the third degree: no difference along a whole step
    await checkDirections(squares, x, { step: 0.02, tolerance: 2e-3 });
  });
});

describe('a dense layer in a program', () => {
  it.each([[[40]], [[7, 40]], [[2, 3, 40]]])('gives the map that the layers give: %j', async (shape) => {
    for (const activation of ['linear', 'relu', 'sigmoid', 'elu'] as const) {
      const model = sequential({
        layers: [
          layers.dense({ units: 37, activation, inputShape: shape }),
          layers.dense({ units: 21, useBias: false }),
        ],
      });
      model.setWeights(model.weights.map(({ shape }, i) => uniform(shape as number[], 3 + i)));
      const x = uniform([3, ...shape], 1);
      const r = uniform([3, ...shape.slice(0, -1), 21], 2);
      const axes = shape.map((_, i) => i + 1);
      const options = { target: (y: Tensor | Tensor[]) => sum(mul(y as Tensor, r), axes) };
      const kernelNames = await expectAsPredicted(saliency, model, x, options);
      expect(kernelNames.includes('GuidedSaliencyProduct')).toBe(isOwn);
    }
  });

  it('takes a transposed convolution for the way back through one', async () => {
    const model = sequential({
      layers: [
        layers.conv2dTranspose({
          filters: 5,
          kernelSize: 3,
          strides: 2,
          padding: 'same',
          inputShape: [7, 6, 4],
        }),
        layers.activation({ activation: 'relu' }),
        layers.conv2dTranspose({ filters: 3, kernelSize: [2, 3], padding: 'valid', useBias: false }),
      ],
    });
    model.setWeights(model.weights.map(({ shape }, i) => uniform(shape as number[], 3 + i)));
    const x = uniform([2, 7, 6, 4], 1);
    const options = { target: (y: Tensor | Tensor[]) => sum(mul(y as Tensor, y as Tensor), [1, 2, 3]) };
    await expectAsPredicted(saliency, model, x, options);
  });
});
