import { add, conv2d, fused, getBackend, relu, sum, type Tensor, type Tensor4D } from '@tensorflow/tfjs-core';
import { valueAndSaliency } from 'guided-saliency';
import { describe, expect, it } from 'vitest';
import { expectSame } from '../../support/expectSame';
import { scattered } from '../../support/kernelGradient';
import { messageOf } from '../../support/leftBehind';

/*
 * TF.js's fused convolution on webgl and webgpu joins rows and columns, and takes a bias along them for
 * another one: on webgl that of one cell after the other, too, where the columns are odd.
 */

const isGpu = getBackend() === 'webgl' || getBackend() === 'webgpu';

const x = scattered([2, 5, 3, 3]);
const target = (y: Tensor) => sum(y);

const convolved = (size: number, shape: number[]) => {
  const options = { filter: scattered([size, size, 3, 4], 3) as Tensor4D, strides: 1, pad: 'same' } as const;
  const bias = scattered(shape, 5);
  // computed where the kernel runs, of which TF.js makes other cases than of what is uploaded
  const at = (input: Tensor) => add<Tensor4D>(add(input, 1), -1);
  return {
    together: (input: Tensor) => fused.conv2d({ x: at(input), ...options, bias, activation: 'relu' }),
    apart: (input: Tensor) => relu(add(conv2d(at(input), options.filter, 1, 'same'), bias)),
  };
};

describe('a bias of several axes that is fused into a convolution', () => {
  it.each([[[1, 4]], [[1, 1, 4]], [[1, 1, 1, 4]]])(
    'is explained where it is a number for each channel: %j',
    async (shape) => {
      for (const size of [1, 3]) {
        const { together, apart } = convolved(size, shape);
        const [got, wanted] = [together, apart].map((f) => valueAndSaliency(f, x, { target }));
        await expectSame(got!.map, wanted!.map);
        await expectSame(got!.value, wanted!.value);
      }
    },
  );

  it.runIf(isGpu).each([[[3, 4]], [[5, 3, 4]], [[5, 3, 1]], [[5, 1, 1]]])(
    'is refused where it goes along the image: %j',
    (shape) => {
      for (const size of [1, 3]) {
        expect(messageOf(() => valueAndSaliency(convolved(size, shape).together, x, { target }))).toBe(
          'Error: valueAndSaliency: the model runs the kernel FusedConv2D, and TF.js computes a convolution fused with ' +
            `a bias along the image wrongly on the backend "${getBackend()}"; use another backend, e.g. ` +
            "await tf.setBackend('cpu')",
        );
      }
    },
  );
});
