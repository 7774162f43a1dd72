import { dilation2d, getBackend, tensor, tensor3d, tensor4d, zeros } from '@tensorflow/tfjs-core';
import type { Tensor, Tensor3D, Tensor4D } from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import { checkDirections } from '../../support/checkDirections';
import { gradient, scattered } from '../../support/kernelGradient';

// its forward pass is wrong there where no value is positive, and refused
describe.skipIf(getBackend() === 'wasm')('the gradient of dilation2d', () => {
  const flat = (height: number, width: number) => zeros<Tensor3D['rankType']>([height, width, 1]);

  it('goes to the cell that gave the maximum', async () => {
    const x = tensor([1, 5, 2, 3, 4, 9], [1, 1, 6, 1]);
    const f = (t: Tensor) => dilation2d(t as Tensor4D, flat(1, 3), 1, 'valid');
    expect(await gradient(f, x, tensor([1, 2, 3, 4], [1, 1, 4, 1]))).toEqual([0, 3, 0, 0, 3, 4]);
    const lifted = tensor3d([10, 0, 0], [1, 3, 1]);
    expect(
      await gradient(
        (t) => dilation2d(t as Tensor4D, lifted, 1, 'valid'),
        x,
        tensor([1, 2, 3, 4], [1, 1, 4, 1]),
      ),
    ).toEqual([1, 2, 3, 4, 0, 0]);
  });

  it('goes to the first of equal cells', async () => {
    const f = (t: Tensor) => dilation2d(t as Tensor4D, flat(2, 2), 1, 'valid');
    expect(await gradient(f, tensor([3, 3, 3, 3], [1, 2, 2, 1]))).toEqual([1, 0, 0, 0]);
    expect(await gradient(f, tensor([1, 3, 3, 2], [1, 2, 2, 1]))).toEqual([0, 1, 0, 0]);
  });

  it('goes to the weight that gave the maximum', async () => {
    const x = tensor4d([1, 5, 2, 3], [1, 1, 4, 1]);
    const f = (w: Tensor) => dilation2d(x, w as Tensor3D, 1, 'valid');
    expect(await gradient(f, tensor([0, 0, 0], [1, 3, 1]), tensor([1, 2], [1, 1, 2, 1]))).toEqual([2, 1, 0]);
  });

  const grid: [kernel: [number, number], strides: [number, number], dilations: [number, number]][] = [
    [
      [2, 3],
      [1, 1],
      [1, 1],
    ],
    [
      [3, 2],
      [2, 3],
      [1, 1],
    ],
    [
      [2, 2],
      [1, 1],
      [2, 1],
    ],
    [
      [3, 3],
      [1, 1],
      [2, 2],
    ],
    [
      [1, 2],
      [3, 2],
      [1, 1],
    ],
  ];
  it.each(grid)(
    'agrees with differences: kernel %j, strides %j, dilations %j',
    async (kernel, strides, dilations) => {
      const x = scattered([2, 7, 8, 3]);
      const filter = scattered([...kernel, 3], 3);
      for (const pad of ['valid', 'same'] as const) {
        const options = { step: 2e-4, tolerance: 2e-2 };
        const f = (t: Tensor, w: Tensor) => dilation2d(t as Tensor4D, w as Tensor3D, strides, pad, dilations);
        await checkDirections((t) => f(t, filter), x, options);
        await checkDirections((w) => f(x, w), filter, options);
      }
    },
  );

  it('finds the maximum of negative windows', async () => {
    const x = tensor([-5, -1, -2, -3], [1, 1, 4, 1]);
    const f = (t: Tensor) => dilation2d(t as Tensor4D, flat(1, 2), 1, 'same');
    expect(await gradient(f, x)).toEqual([0, 2, 1, 1]);
  });
});
