import { depthwiseConv2d, getBackend, grad, separableConv2d, tensor, tensor4d } from '@tensorflow/tfjs-core';
import type { Tensor, Tensor4D } from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import { checkDirections } from '../../support/checkDirections';
import { gradient, gradientOf, scattered } from '../../support/kernelGradient';
import { isWrongForward } from '../../support/sameOnWasm';
import { thinned } from '../../support/thinned';

type Pair = [number, number];
type Pad = Parameters<typeof depthwiseConv2d>[3];

const explicit: Pad = [
  [0, 0],
  [2, 0],
  [1, 3],
  [0, 0],
];

// TensorFlow has no such kernel without oneDNN, as the README advises
const takesDilation = getBackend() !== 'tensorflow';

const weights = (...shape: number[]) => scattered(shape, 3) as Tensor4D;

describe('the gradient of depthwiseConv2d', () => {
  it('hands each cell the weights that it met, channel by channel', async () => {
    const x = tensor([1, 5, 2, 6, 3, 7], [1, 3, 1, 2]);
    const filter = tensor4d([10, 100, 1, 2], [2, 1, 2, 1]);
    const f = (t: Tensor) => depthwiseConv2d(t as Tensor4D, filter, 1, 'valid');
    expect(await gradient(f, x, tensor([1, 1, 2, 3], [1, 2, 1, 2]))).toEqual([10, 100, 21, 302, 2, 6]);
    const halved = (t: Tensor) => depthwiseConv2d(t as Tensor4D, filter, 2, 'valid');
    expect(await gradient(halved, x, tensor([1, 3], [1, 1, 1, 2]))).toEqual([10, 300, 1, 6, 0, 0]);
  });

  it('sums over what a channel was multiplied to', async () => {
    const filter = tensor4d([1, 10, 100, 1000], [1, 1, 2, 2]);
    const f = (t: Tensor) => depthwiseConv2d(t as Tensor4D, filter, 1, 'valid');
    const dy = tensor([1, 2, 3, 4], [1, 1, 1, 4]);
    expect(await gradient(f, tensor([5, 6], [1, 1, 1, 2]), dy)).toEqual([21, 4300]);
  });

  it('reaches the filter of a layer, which says null for no dilation', async () => {
    const x = tensor4d([1, 2, 3, 5], [1, 2, 2, 1]);
    const f = (w: Tensor) => depthwiseConv2d(x, w as Tensor4D, 1, 'valid', 'NHWC', null as never);
    expect(await gradient(f, weights(1, 2, 1, 1))).toEqual([4, 7]);
  });

  type Case = [kernel: Pair, strides: Pair, pad: Pad, size: Pair, multiplier: number];
  const runsForward = ([kernel, strides, pad, size]: Case) => !isWrongForward(kernel, strides, pad, size);
  const grid: Case[] = [];
  for (const kernel of [
    [1, 1],
    [2, 3],
    [3, 3],
    [5, 1],
  ] as Pair[]) {
    for (const strides of [
      [1, 1],
      [2, 2],
      [4, 4],
    ] as Pair[]) {
      for (const pad of ['valid', 'same', explicit] as Pad[]) {
        grid.push([kernel, strides, pad, [7, 8], 1], [kernel, strides, pad, [6, 5], 3]);
      }
    }
  }
  const title = 'kernel %j, strides %j, padding %j, of %j, multiplier %d';
  it.each(thinned(grid.filter(runsForward)))(
    `agrees with differences: ${title}`,
    async (kernel, strides, pad, size, multiplier) => {
      const filter = weights(...kernel, 4, multiplier);
      const x = scattered([2, ...size, 4]);
      await checkDirections((t: Tensor4D) => depthwiseConv2d(t, filter, strides, pad), x);
      await checkDirections((w: Tensor4D) => depthwiseConv2d(x as Tensor4D, w, strides, pad), filter);
    },
  );
  it.skip.each(grid.filter((one) => !runsForward(one)))(
    `TF.js's forward pass is wrong: ${title}`,
    () => undefined,
  );

  // TensorFlow has no depthwise convolution with two strides
  it.runIf(getBackend() !== 'tensorflow')('agrees with differences where the strides differ', async () => {
    const filter = weights(3, 2, 3, 2);
    await checkDirections(
      (x: Tensor4D) => depthwiseConv2d(x, filter, [1, 2], 'same'),
      scattered([2, 5, 6, 3]),
    );
    await checkDirections(
      (x: Tensor4D) => depthwiseConv2d(x, filter, [2, 1], 'same'),
      scattered([2, 6, 5, 3]),
    );
    await checkDirections(
      (x: Tensor4D) => depthwiseConv2d(x, filter, [3, 2], 'valid'),
      scattered([2, 8, 7, 3]),
    );
  });

  it.runIf(takesDilation).each([
    [2, 2],
    [1, 3],
    [3, 1],
    [3, 2],
  ] as Pair[])('agrees with differences under dilation %j %j', async (...dilations) => {
    for (const pad of ['valid', 'same', explicit] as Pad[]) {
      const filter = weights(3, 2, 3, 2);
      const x = scattered([2, 8, 9, 3]);
      await checkDirections((t: Tensor4D) => depthwiseConv2d(t, filter, 1, pad, 'NHWC', dilations), x);
      await checkDirections(
        (w: Tensor4D) => depthwiseConv2d(x as Tensor4D, w, 1, pad, 'NHWC', dilations),
        filter,
      );
    }
  });

  it.runIf(getBackend() !== 'tensorflow')(
    'takes paddings in numbers, also more than the kernel covers',
    async () => {
      for (const pad of thinned([1, 2, 4])) {
        for (const strides of [1, 2]) {
          const filter = weights(3, 3, 2, 2);
          await checkDirections(
            (x: Tensor4D) => depthwiseConv2d(x, filter, strides, pad, 'NHWC', 1, 'floor'),
            scattered([1, 6, 8, 2]),
          );
        }
      }
    },
  );

  it('reaches both filters of separableConv2d', async () => {
    const depthwise = weights(3, 3, 3, 2);
    const pointwise = scattered([1, 1, 6, 4], 5) as Tensor4D;
    const x = scattered([2, 6, 5, 3]) as Tensor4D;
    await checkDirections((t: Tensor4D) => separableConv2d(t, depthwise, pointwise, 2, 'same'), x);
    const dilation = takesDilation ? 2 : 1;
    await checkDirections((w: Tensor4D) => separableConv2d(x, w, pointwise, 1, 'same', dilation), depthwise);
    await checkDirections((w) => separableConv2d(x, depthwise, w as Tensor4D, 2, 'valid'), pointwise);
  });

  it.runIf(getBackend() === 'cpu')('agrees with TF.js where that is right', async () => {
    const filter = weights(3, 3, 3, 2);
    for (const strides of [1, 2, 3]) {
      const f = (x: Tensor) => depthwiseConv2d(x as Tensor4D, filter, strides, 'same');
      const x = scattered([2, 9, 8, 3]);
      const stock = await grad(f)(x).data();
      const ours = await gradientOf(f, x).data();
      stock.forEach((value, i) => expect(ours[i]).toBeCloseTo(value, 5));
    }
  });
});
