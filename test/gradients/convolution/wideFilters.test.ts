import { getBackend, mul, profile, randomUniform, sum } from '@tensorflow/tfjs-core';
import type { Tensor } from '@tensorflow/tfjs-core';
import { layers, sequential } from '@tensorflow/tfjs-layers';
import { prepare, saliency } from 'guided-saliency';
import { describe, expect, it } from 'vitest';
import { followed } from '../../support/followed';
import { expectSame } from '../../support/expectSame';
import { later } from '../../support/later';

/*
 * On wasm the way back through a convolution with more filters than its map has cells is another one, where
 * the filter is not kept: a product with the filter as it lies, and a kernel that adds up what comes of it.
 * A plain function that predicts goes back by a convolution, whatever the sizes.
 */

interface Conv {
  readonly kernelSize: number | [number, number];
  readonly filters?: number;
  readonly strides?: number | [number, number];
  readonly dilationRate?: number | [number, number];
  readonly padding?: 'same' | 'valid';
}

const cases: readonly (readonly [string, number[], Conv])[] = [
  ['a kernel of three cells, valid', [1, 5, 6, 3], { kernelSize: 3 }],
  ['the same size', [1, 5, 4, 2], { kernelSize: 3, padding: 'same' }],
  ['an even kernel, the same size', [1, 4, 5, 2], { kernelSize: [2, 4], padding: 'same' }],
  ['one row', [1, 4, 5, 3], { kernelSize: [1, 5], padding: 'same' }],
  ['one column', [2, 6, 1, 3], { kernelSize: [5, 1], padding: 'same' }],
  ['one column, every second cell', [1, 9, 1, 3], { kernelSize: [4, 1], strides: [2, 1] }],
  ['one column, cells apart', [1, 9, 1, 2], { kernelSize: [3, 1], dilationRate: [2, 1] }],
  ['a kernel larger than the map', [1, 3, 2, 2], { kernelSize: 5, padding: 'same' }],
  ['every second cell', [1, 7, 6, 2], { kernelSize: 3, strides: 2 }],
  ['every second cell, the same size', [1, 6, 7, 2], { kernelSize: 3, strides: 2, padding: 'same' }],
  ['steps longer than the kernel', [1, 8, 9, 2], { kernelSize: 2, strides: [3, 4] }],
  ['one cell, every second', [1, 5, 5, 4], { kernelSize: 1, strides: 2 }],
  ['cells apart', [1, 7, 8, 2], { kernelSize: 3, dilationRate: 2 }],
  ['cells apart, the same size', [1, 5, 6, 2], { kernelSize: [3, 2], dilationRate: [2, 3], padding: 'same' }],
  ['a batch', [3, 3, 4, 2], { kernelSize: 3, padding: 'same', filters: 60 }],
];

describe('a convolution with many filters over a small map', () => {
  // on the others there is no other way: one case will do
  it.each(getBackend() === 'wasm' ? cases : cases.slice(-1))(
    'has the gradient that the layers give: %s',
    async (_name, [batch, ...shape], conv) => {
      const config = { filters: 32, activation: 'relu', useBias: false, ...conv } as const;
      const model = sequential({ layers: [layers.conv2d({ ...config, inputShape: shape })] });
      const filter = randomUniform(model.weights[0]!.shape as number[], -1, 1, 'float32', 3);
      model.setWeights([filter]);
      const x = randomUniform([batch!, ...shape], -1, 1, 'float32', 7);
      const r = randomUniform(
        [batch!, ...(model.outputs[0]!.shape.slice(1) as number[])],
        -1,
        1,
        'float32',
        11,
      );
      const target = (y: Tensor | Tensor[]) => sum(mul(y as Tensor, r), [1, 2, 3]);
      const options = { target };

      let map: Tensor | undefined;
      const { kernelNames } = await profile(() => (map = later(() => saliency(model, x, options))));
      expect(kernelNames.includes('GuidedSaliencyAddTaps')).toBe(getBackend() === 'wasm');
      await expectSame(
        map!,
        followed(() => saliency((x: Tensor) => model.predict(x) as Tensor, x, options)),
      );
      const prepared = prepare(model);
      await expectSame(
        saliency(model, x, options),
        later(() => saliency(prepared, x, options)),
      );
      prepared.dispose();
      for (const tensor of [filter, x, r]) tensor.dispose();
      model.dispose();
    },
  );

  // [batch, height, width, channels], filters, cells of a kernel each way, whether the filter is kept
  it.each([
    ['few filters over a large map, made anew', [1, 12, 12, 8], 8, 3, false, false],
    ['many filters over a small map, made anew', [1, 5, 5, 8], 32, 3, false, true],
    ['many filters over a small map, kept', [1, 5, 5, 8], 32, 3, true, false],
    // of 3 channels 8 are computed: 121 · 8 multiplications for each number of dy, to add 121 · 3
    ['a large kernel to few channels, kept', [1, 24, 24, 3], 64, 11, true, true],
    ['a large kernel to as many as are computed, kept', [1, 24, 24, 8], 64, 11, true, false],
  ] as const)('goes the way that is quicker on wasm: %s', async (...given) => {
    const [, [batch, ...shape], filters, kernelSize, isKept, isAdded] = given;
    const layer = layers.conv2d({ filters, kernelSize, useBias: false, inputShape: shape });
    const model = sequential({ layers: [layer] });
    const explained = isKept ? prepare(model) : model;
    const x = randomUniform([batch, ...shape], -1, 1, 'float32', 7);
    const target = (y: Tensor | Tensor[]) => sum(y as Tensor, [1, 2, 3]);
    saliency(explained, x, { target }).dispose(); // the first one keeps nothing yet
    const { kernelNames } = await profile(() => saliency(explained, x, { target }));
    expect(kernelNames.includes('GuidedSaliencyAddTaps')).toBe(isAdded && getBackend() === 'wasm');
    if (isKept) (explained as ReturnType<typeof prepare>).dispose();
    x.dispose();
    model.dispose();
  });
});
