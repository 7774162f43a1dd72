import { mul, randomUniform, sum } from '@tensorflow/tfjs-core';
import type { Tensor } from '@tensorflow/tfjs-core';
import { layers, sequential } from '@tensorflow/tfjs-layers';
import { guidedBackprop, saliency, valueAndSaliency } from 'guided-saliency';
import { describe, expect, it } from 'vitest';
import { currentBackend } from '../../../src/backends/backend';
import { followed } from '../../support/followed';
import { expectAsPredicted } from '../../support/expectAsPredicted';
import { expectSame } from '../../support/expectSame';

/*
 * In a program on cpu convolutions and depthwise convolutions are kernels of ours, forward and back. A plain
 * function that predicts runs TF.js's.
 */

interface Conv {
  readonly kernelSize: number | [number, number];
  readonly filters?: number;
  readonly strides?: number | [number, number];
  readonly dilationRate?: number | [number, number];
  readonly padding?: 'same' | 'valid';
}

// with 3 × 3 cells and more, and numbers of channels and filters that blocks of four do not divide
const cases: readonly (readonly [string, number[], Conv])[] = [
  ['one cell', [2, 9, 8, 19], { kernelSize: 1 }],
  ['one cell, every second', [2, 17, 16, 22], { kernelSize: 1, strides: 2 }],
  ['three cells, valid', [1, 9, 10, 5], { kernelSize: 3 }],
  ['the same size', [3, 9, 8, 6], { kernelSize: 3, padding: 'same' }],
  ['an even kernel, the same size', [1, 8, 9, 6], { kernelSize: [2, 4], padding: 'same' }],
  ['one row', [1, 8, 9, 6], { kernelSize: [1, 5], padding: 'same' }],
  ['one column', [2, 8, 9, 6], { kernelSize: [7, 1], padding: 'same' }],
  ['a kernel larger than the map', [1, 6, 7, 6], { kernelSize: 9, padding: 'same' }],
  ['every second cell', [1, 13, 12, 6], { kernelSize: 3, strides: 2 }],
  ['every second cell, the same size', [1, 12, 13, 6], { kernelSize: 3, strides: 2, padding: 'same' }],
  ['steps longer than the kernel', [1, 22, 25, 8], { kernelSize: 2, strides: [3, 4] }],
  ['cells apart', [1, 11, 12, 6], { kernelSize: 3, dilationRate: 2 }],
  ['cells apart, the same size', [1, 9, 9, 6], { kernelSize: [3, 2], dilationRate: [2, 3], padding: 'same' }],
  ['more cells than are taken at a time', [1, 19, 23, 3], { kernelSize: 3, padding: 'same' }],
];

const isOwn = currentBackend().hasSlowProducts;

for (const kind of ['conv2d', 'depthwiseConv2d'] as const) {
  const names = kind === 'conv2d' ? ['Convolution', 'ConvolutionBack'] : ['Depthwise', 'DepthwiseBack'];

  describe(`a ${kind} in a program`, () => {
    // on the others they are those of the backend: one case will do
    it.each(isOwn ? cases.slice(kind === 'conv2d' ? 0 : 1) : cases.slice(-1))(
      'gives what the layers give, and their gradient: %s',
      async (_name, [batch, height, width, channels], conv) => {
        // so that one filter a channel is enough numbers, too
        const shape = [height!, width!, kind === 'conv2d' ? channels! : 9 * channels!];
        for (const [i, activation] of ['none', 'relu', 'relu6'].entries()) {
          const { filters = 5 + i, ...config } = conv;
          const layer =
            kind === 'conv2d'
              ? layers.conv2d({ ...config, filters, useBias: i > 0, inputShape: shape })
              : layers.depthwiseConv2d({ ...config, useBias: i > 0, inputShape: shape });
          const model = sequential({ layers: [layer] });
          if (activation === 'relu') model.add(layers.activation({ activation }));
          if (activation === 'relu6') model.add(layers.reLU({ maxValue: 6 }));
          const weights = model.weights.map(({ shape }, n) =>
            randomUniform(shape as number[], -1, 1.5, 'float32', 3 + n),
          );
          model.setWeights(weights);
          const x = randomUniform([batch!, ...shape], -1, 1.5, 'float32', 7);
          const outputs = model.outputs[0]!.shape.slice(1) as number[];
          const r = randomUniform([batch!, ...outputs], -1, 1, 'float32', 11);
          const options = { target: (y: Tensor | Tensor[]) => sum(mul(y as Tensor, r), [1, 2, 3]) };
          const slowly = (x: Tensor) => model.predict(x) as Tensor;
          const methods = activation === 'none' ? [saliency] : [saliency, guidedBackprop];

          for (const method of methods) {
            const kernelNames = await expectAsPredicted(method, model, x, options);
            for (const name of names) expect(kernelNames.includes(`GuidedSaliency${name}`)).toBe(isOwn);
            const { value } = valueAndSaliency(model, x, options);
            await expectSame(value, followed(() => valueAndSaliency(slowly, x, options)).value);
          }
        }
      },
    );
  });
}
