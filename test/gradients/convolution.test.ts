import { conv1d, conv2d, conv2dTranspose, getBackend, grad, mul, tensor, tidy, transpose } from '@tensorflow/tfjs-core';
import type { Tensor, Tensor3D, Tensor4D } from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import { checkDirections } from '../support/checkDirections';
import { gradient, gradientOf, scattered } from '../support/kernelGradient';

type Pad = Parameters<typeof conv2d>[3];

/** TensorFlow's own forward pass refuses paddings in numbers, and channels first on a CPU. */
const takesNumericPadding = getBackend() !== 'tensorflow';
const takesChannelsFirst = getBackend() !== 'tensorflow' && getBackend() !== 'wasm';

type Pair = [number, number];

/** On wasm `same` padding goes wrong where the last window ends before the image does. */
function runsForward([kernel, strides, pad, size]: readonly [Pair, Pair, Pad, Pair]): boolean {
  const short = (axis: 0 | 1) => (Math.ceil(size[axis] / strides[axis]) - 1) * strides[axis] + kernel[axis] < size[axis];
  return getBackend() !== 'wasm' || pad !== 'same' || kernel.every((cells) => cells === 1) || !(short(0) || short(1));
}

const explicit: Pad = [[0, 0], [2, 0], [1, 3], [0, 0]];

describe('the gradient of conv2d', () => {
  it('hands each cell the weights that it met', async () => {
    const x = tensor([1, 2, 3, 4], [1, 4, 1, 1]) as Tensor4D;
    const filter = tensor([10, 1], [2, 1, 1, 1]) as Tensor4D;
    const dy = (values: number[]) => tensor(values, [1, values.length, 1, 1]);
    const through = (strides: [number, number], pad: Pad, rows: number[]) =>
      gradient((t) => conv2d(t as Tensor4D, filter, strides, pad), x, dy(rows));
    expect(await through([1, 1], 'valid', [1, 2, 3])).toEqual([10, 21, 32, 3]);
    expect(await through([1, 1], 'same', [1, 2, 3, 4])).toEqual([10, 21, 32, 43]);
    expect(await through([2, 1], 'valid', [1, 2])).toEqual([10, 1, 20, 2]);
    expect(await through([3, 1], 'valid', [1])).toEqual([10, 1, 0, 0]);
    expect(await through([3, 1], 'same', [1, 2])).toEqual([10, 1, 0, 20]);
  });

  const grid: [kernel: Pair, strides: Pair, pad: Pad, size: Pair][] = [];
  for (const kernel of [[1, 1], [2, 2], [3, 3], [3, 1], [1, 4], [5, 2]] as Pair[]) {
    for (const strides of [[1, 1], [2, 2], [3, 1], [2, 3]] as Pair[]) {
      for (const pad of ['valid', 'same', explicit] as Pad[]) {
        for (const size of [[7, 8], [6, 5]] as Pair[]) grid.push([kernel, strides, pad, size]);
      }
    }
  }
  const title = 'kernel %j, strides %j, padding %j, of %j';
  it.each(grid.filter(runsForward))(`agrees with differences: ${title}`, async (kernel, strides, pad, size) => {
    const filter = scattered([...kernel, 3, 4], 3) as Tensor4D;
    await checkDirections((x) => conv2d(x as Tensor4D, filter, strides, pad), scattered([2, ...size, 3]));
  });
  it.skip.each(grid.filter((one) => !runsForward(one)))(`TF.js's forward pass is wrong: ${title}`, () => undefined);

  it.each([[2, 1], [1, 2], [3, 2], [2, 2]] as Pair[])('agrees with differences under dilation %j %j', async (...dilations) => {
    for (const kernel of [[1, 1], [3, 3], [2, 3]]) {
      for (const pad of ['valid', 'same', explicit] as Pad[]) {
        const filter = scattered([...kernel, 2, 3], 3) as Tensor4D;
        await checkDirections((x) => conv2d(x as Tensor4D, filter, 1, pad, 'NHWC', dilations), scattered([2, 9, 8, 2]));
      }
    }
  });

  it('weaves few channels together in one convolution, and many apart', async () => {
    for (const channels of [1, 3, 8, 16, 17]) {
      const filter = scattered([5, 5, channels, 2], 3) as Tensor4D;
      await checkDirections((x) => conv2d(x as Tensor4D, filter, 2, 'same'), scattered([1, 7, 9, channels]));
      await checkDirections((x) => conv2d(x as Tensor4D, filter, 4, 'valid'), scattered([1, 11, 10, channels]));
    }
  });

  it('reaches no further than the windows: strides above the kernel, rows behind the last window', async () => {
    const filter = tensor([2], [1, 1, 1, 1]) as Tensor4D;
    const x = scattered([1, 5, 4, 1]);
    const rows = await gradient((t) => conv2d(t as Tensor4D, filter, [3, 2], 'valid'), x);
    expect(rows).toEqual([2, 0, 2, 0, 0, 0, 0, 0, 0, 0, 0, 0, 2, 0, 2, 0, 0, 0, 0, 0]);
    await checkDirections((t) => conv2d(t as Tensor4D, scattered([2, 2, 2, 2]) as Tensor4D, 5, 'valid'), scattered([1, 6, 13, 2]));
    await checkDirections((t) => conv2d(t as Tensor4D, scattered([2, 2, 2, 2]) as Tensor4D, 4, explicit), scattered([1, 4, 2, 2]));
    expect(await gradient((t) => conv2d(t as Tensor4D, filter, 4, explicit), scattered([1, 3, 1, 1]))).toEqual([0, 0, 0]);
  });

  it('takes kernels larger than the image', async () => {
    await checkDirections((x) => conv2d(x as Tensor4D, scattered([5, 7, 2, 3]) as Tensor4D, 1, 'same'), scattered([1, 3, 2, 2]));
    await checkDirections((x) => conv2d(x as Tensor4D, scattered([5, 7, 2, 3]) as Tensor4D, 2, 'same'), scattered([1, 3, 2, 2]));
    await checkDirections(
      (x) => conv2d(x as Tensor4D, scattered([3, 3, 2, 3]) as Tensor4D, 1, 'same', 'NHWC', 3), scattered([1, 3, 4, 2]),
    );
  });

  it.runIf(takesNumericPadding)('takes paddings in numbers, also more than the kernel covers', async () => {
    for (const pad of [0, 1, 2, 4]) {
      const filter = scattered([3, 3, 2, 3], 3) as Tensor4D;
      for (const rounding of ['floor', undefined] as const) {
        await checkDirections((x) => conv2d(x as Tensor4D, filter, 2, pad, 'NHWC', 1, rounding), scattered([1, 6, 9, 2]));
      }
    }
    await checkDirections((x) => conv2d(x as Tensor4D, scattered([1, 1, 2, 3]) as Tensor4D, 1, 3), scattered([1, 5, 4, 2]));
    await checkDirections((x) => conv2d(x as Tensor4D, scattered([1, 1, 2, 3]) as Tensor4D, 2, 3), scattered([1, 5, 4, 2]));
  });

  // TF.js sizes the output by the height of kernel and stride alone, and rounds as told: on wasm the kernel does neither
  it.runIf(takesNumericPadding && getBackend() !== 'wasm')('takes them with a kernel that is not square, and each way of rounding', async () => {
    for (const rounding of ['ceil', 'round', undefined] as const) {
      const filter = scattered([3, 2, 2, 3], 3) as Tensor4D;
      await checkDirections((x) => conv2d(x as Tensor4D, filter, [2, 3], 1, 'NHWC', 1, rounding), scattered([1, 6, 8, 2]));
    }
  });

  it.runIf(takesChannelsFirst)('takes channels first', async () => {
    const filter = scattered([3, 2, 2, 3], 3) as Tensor4D;
    for (const pad of ['valid', 'same', [[0, 0], [0, 0], [2, 0], [1, 1]]] as Pad[]) {
      await checkDirections((x) => conv2d(x as Tensor4D, filter, [2, 1], pad, 'NCHW'), scattered([2, 2, 6, 7]));
      await checkDirections((w) => conv2d(scattered([2, 2, 6, 7]) as Tensor4D, w as Tensor4D, [2, 1], pad, 'NCHW'), filter);
    }
  });

  it('is the one of a single channel, each time', async () => {
    const filter = scattered([3, 3, 1, 1], 3) as Tensor4D;
    const x = scattered([1, 8, 8, 1]);
    for (let repeat = 0; repeat < 5; repeat++) {
      tidy(() => mul(scattered([50, 50], repeat), 1e6)); // what unwritten memory would show
      await checkDirections((t) => conv2d(t as Tensor4D, filter, 1, 'same'), x);
    }
  });

  it('agrees with TF.js where that is right', async () => {
    if (getBackend() !== 'cpu') return;
    const filter = scattered([3, 3, 3, 4], 3) as Tensor4D;
    for (const strides of [1, 2, 3]) {
      const f = (x: Tensor) => conv2d(x as Tensor4D, filter, strides, 'same');
      const x = scattered([2, 9, 8, 3]);
      const stock = await grad(f)(x).data();
      const ours = await gradientOf(f, x).data();
      stock.forEach((value, i) => expect(ours[i]).toBeCloseTo(value, 5));
    }
  });
});

describe('the gradient of conv2d to its filter', () => {
  const grid: [kernel: [number, number], strides: [number, number], dilations: [number, number], pad: Pad][] = [
    [[3, 3], [1, 1], [1, 1], 'same'],
    [[3, 2], [2, 3], [1, 1], 'same'],
    [[3, 2], [2, 3], [1, 1], 'valid'],
    [[2, 3], [3, 1], [1, 1], explicit],
    [[3, 2], [1, 1], [2, 3], 'same'],
    [[2, 2], [1, 1], [3, 2], 'valid'],
    [[2, 3], [1, 1], [2, 2], explicit],
    [[1, 1], [1, 1], [1, 1], 'valid'],
    [[1, 1], [2, 3], [1, 1], 'same'],
  ];
  it.each(grid)('agrees with differences: kernel %j, strides %j, dilations %j, padding %j', async (kernel, strides, dilations, pad) => {
    const x = scattered([2, 9, 8, 3]) as Tensor4D;
    await checkDirections((w) => conv2d(x, w as Tensor4D, strides, pad, 'NHWC', dilations), scattered([...kernel, 3, 4]));
  });

  it('comes with the one to the image where both depend on x', async () => {
    const f = (x: Tensor) => conv2d(x as Tensor4D, transpose(x, [1, 2, 3, 0]) as Tensor4D, 1, 'same');
    await checkDirections(f, scattered([2, 3, 3, 2]), { step: 1e-2, tolerance: 1e-3 });
  });
});

describe('the gradient of conv1d', () => {
  it('agrees with differences under strides and dilation', async () => {
    const filter = scattered([3, 2, 4], 3) as Tensor3D;
    for (const pad of ['same', 'valid'] as const) {
      await checkDirections((x) => conv1d(x as Tensor3D, filter, 2, pad), scattered([2, 10, 2]));
      await checkDirections((x) => conv1d(x as Tensor3D, filter, 1, pad, 'NWC', 2), scattered([2, 10, 2]));
    }
  });
});

describe('the gradient of conv2dTranspose', () => {
  const grid: [kernel: [number, number], strides: [number, number], pad: 'same' | 'valid', out: [number, number]][] = [
    [[3, 3], [1, 1], 'same', [5, 4]],
    [[3, 3], [2, 2], 'same', [10, 8]],
    [[3, 3], [2, 2], 'same', [9, 7]],
    [[4, 2], [2, 3], 'valid', [12, 11]],
    [[2, 2], [3, 3], 'valid', [14, 11]],
    [[2, 2], [3, 3], 'same', [15, 12]],
    [[1, 1], [2, 2], 'same', [10, 8]],
  ];
  it.each(grid)('agrees with differences: kernel %j, strides %j, padding %j, to %j', async (kernel, strides, pad, out) => {
    const filter = scattered([...kernel, 3, 2], 3) as Tensor4D;
    const shape = [2, ...out, 3] as [number, number, number, number];
    await checkDirections((x) => conv2dTranspose(x as Tensor4D, filter, shape, strides, pad), scattered([2, 5, 4, 2]));
    const x = scattered([2, 5, 4, 2]) as Tensor4D;
    await checkDirections((w) => conv2dTranspose(x, w as Tensor4D, shape, strides, pad), filter);
  });
});
