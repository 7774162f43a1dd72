import { conv3d, conv3dTranspose, getBackend, grad, tensor, tensor5d } from '@tensorflow/tfjs-core';
import type { Tensor, Tensor5D } from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import { checkDirections } from '../../support/checkDirections';
import { gradient, gradientOf, scattered } from '../../support/kernelGradient';
import { thinned } from '../../support/thinned';

type Triple = [number, number, number];
type Pad = 'same' | 'valid';

describe('the gradient of conv3d', () => {
  it('hands each cell the weights that it met', async () => {
    const x = tensor([1, 2, 3, 4], [1, 4, 1, 1, 1]);
    const filter = tensor5d([10, 1], [2, 1, 1, 1, 1]);
    const through = (stride: number, pad: Pad, dy: number[]) =>
      gradient(
        (t) => conv3d(t as Tensor5D, filter, [stride, 1, 1], pad),
        x,
        tensor(dy, [1, dy.length, 1, 1, 1]),
      );
    expect(await through(1, 'valid', [1, 2, 3])).toEqual([10, 21, 32, 3]);
    expect(await through(1, 'same', [1, 2, 3, 4])).toEqual([10, 21, 32, 43]);
    expect(await through(2, 'same', [1, 2])).toEqual([10, 1, 20, 2]);
    expect(await through(3, 'valid', [1])).toEqual([10, 1, 0, 0]);
  });

  const grid: [kernel: Triple, strides: Triple, pad: Pad][] = [];
  for (const kernel of [
    [1, 1, 1],
    [3, 3, 3],
    [2, 3, 1],
    [1, 2, 4],
  ] as Triple[]) {
    for (const strides of [
      [1, 1, 1],
      [2, 2, 2],
      [1, 2, 3],
      [3, 1, 2],
    ] as Triple[]) {
      grid.push([kernel, strides, 'valid'], [kernel, strides, 'same']);
    }
  }
  it.each(thinned(grid, 8))(
    'agrees with differences: kernel %j, strides %j, padding %j',
    async (kernel, strides, pad) => {
      const filter = scattered([...kernel, 2, 3], 3) as Tensor5D;
      for (const size of thinned([
        [5, 4, 7],
        [4, 6, 5],
      ] as Triple[])) {
        const x = scattered([2, ...size, 2]);
        await checkDirections((t: Tensor5D) => conv3d(t, filter, strides, pad), x);
        await checkDirections((w: Tensor5D) => conv3d(x as Tensor5D, w, strides, pad), filter);
      }
    },
  );

  // TensorFlow on a CPU knows none
  it.runIf(getBackend() !== 'tensorflow')('agrees with differences under dilation', async () => {
    const filter = scattered([2, 3, 2, 2, 3], 3) as Tensor5D;
    const x = scattered([1, 5, 7, 6, 2]);
    for (const pad of ['valid', 'same'] as Pad[]) {
      for (const dilations of [
        [2, 2, 2],
        [3, 1, 2],
      ] as Triple[]) {
        await checkDirections((t: Tensor5D) => conv3d(t, filter, 1, pad, 'NDHWC', dilations), x);
        await checkDirections((w: Tensor5D) => conv3d(x as Tensor5D, w, 1, pad, 'NDHWC', dilations), filter);
      }
    }
  });

  it.runIf(getBackend() === 'cpu')('agrees with TF.js where that is right', async () => {
    const filter = scattered([3, 3, 2, 2, 3], 3) as Tensor5D;
    for (const strides of [1, 2]) {
      const f = (x: Tensor) => conv3d(x as Tensor5D, filter, strides, 'same');
      const x = scattered([1, 5, 4, 6, 2]);
      const stock = await grad(f)(x).data();
      const ours = await gradientOf(f, x).data();
      stock.forEach((value, i) => expect(ours[i]).toBeCloseTo(value, 5));
    }
  });
});

// its forward pass is wrong there, as the gradient of conv3d that TF.js ships
describe.skipIf(getBackend() === 'wasm')('the gradient of conv3dTranspose', () => {
  const grid: [kernel: Triple, strides: Triple, pad: Pad, out: Triple][] = [
    [[3, 3, 3], [1, 1, 1], 'same', [3, 4, 2]],
    [[3, 3, 3], [2, 2, 2], 'same', [6, 8, 4]],
    [[2, 3, 1], [1, 2, 3], 'valid', [4, 9, 4]],
    [[2, 2, 2], [2, 2, 2], 'valid', [6, 8, 4]],
  ];
  it.each(grid)(
    'agrees with differences: kernel %j, strides %j, padding %j, to %j',
    async (kernel, strides, pad, out) => {
      const filter = scattered([...kernel, 3, 2], 3) as Tensor5D;
      const x = scattered([2, 3, 4, 2, 2]);
      const shape: [number, number, number, number, number] = [2, ...out, 3];
      await checkDirections((t: Tensor5D) => conv3dTranspose(t, filter, shape, strides, pad), x);
      await checkDirections((w: Tensor5D) => conv3dTranspose(x as Tensor5D, w, shape, strides, pad), filter);
    },
  );
});
