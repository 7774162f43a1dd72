import { mul, randomUniform, sum } from '@tensorflow/tfjs-core';
import type { Tensor } from '@tensorflow/tfjs-core';
import { layers, sequential } from '@tensorflow/tfjs-layers';
import { saliency } from 'guided-saliency';
import { describe, expect, it } from 'vitest';
import { currentBackend } from '../../../src/backends/backend';
import { expectAsPredicted } from '../../support/expectAsPredicted';

/*
 * The way back through a depthwise convolution, tap by tap: in programs on wasm, with a stride and whole
 * vectors of channels. A plain function that predicts goes back by a convolution.
 */

interface Conv {
  readonly kernelSize: number | [number, number];
  readonly strides?: number | [number, number];
  readonly dilationRate?: number | [number, number];
  readonly padding?: 'same' | 'valid';
  readonly depthMultiplier?: number;
}

const { numbers } = currentBackend();

/** Where it goes tap by tap. */
const [strided, never] = [['heap'], []];

const cases: readonly (readonly [string, number[], Conv, readonly string[]])[] = [
  ['every second cell', [1, 7, 6, 4], { kernelSize: 3, strides: 2 }, strided],
  ['every second cell, the same size', [1, 6, 7, 8], { kernelSize: 3, strides: 2, padding: 'same' }, strided],
  ['a kernel of five', [2, 9, 8, 4], { kernelSize: 5, strides: 2, padding: 'same' }, strided],
  ['an even kernel', [1, 9, 8, 12], { kernelSize: [2, 4], strides: 2, padding: 'same' }, strided],
  ['every third cell', [1, 11, 10, 4], { kernelSize: 3, strides: 3 }, strided],
  ['steps longer than the kernel', [1, 9, 8, 4], { kernelSize: 2, strides: 4 }, strided],
  ['one cell, every second', [3, 5, 5, 4], { kernelSize: 1, strides: 2 }, strided],
  ['a kernel larger than the map', [1, 3, 2, 4], { kernelSize: 5, strides: 2, padding: 'same' }, strided],
  ['channels that make no whole vectors', [1, 6, 7, 5], { kernelSize: 3, strides: 2 }, never],
  ['every cell', [2, 6, 5, 4], { kernelSize: 3, padding: 'same' }, never],
  ['cells apart', [1, 7, 8, 4], { kernelSize: 3, dilationRate: 2 }, never],
  ['several filters a channel', [1, 7, 6, 4], { kernelSize: 3, strides: 2, depthMultiplier: 2 }, never],
];

describe('a depthwise convolution in a program', () => {
  it.each(cases)(
    'has the gradient that the layers give: %s',
    async (_name, [batch, ...shape], conv, where) => {
      const config = { activation: 'relu', useBias: false, inputShape: shape, ...conv } as const;
      const model = sequential({ layers: [layers.depthwiseConv2d(config)] });
      model.setWeights([randomUniform(model.weights[0]!.shape as number[], -1, 1, 'float32', 3)]);
      const x = randomUniform([batch!, ...shape], -1, 1, 'float32', 7);
      const outputs = model.outputs[0]!.shape.slice(1) as number[];
      const r = randomUniform([batch!, ...outputs], -1, 1, 'float32', 11);
      const options = { target: (y: Tensor | Tensor[]) => sum(mul(y as Tensor, r), [1, 2, 3]) };

      const kernelNames = await expectAsPredicted(saliency, model, x, options);
      expect(kernelNames.includes('GuidedSaliencyDepthwiseTaps')).toBe(where.includes(numbers));
    },
  );
});
