import {
  conv1d,
  conv2d,
  conv2dTranspose,
  getBackend,
  grad,
  mul,
  tensor,
  tensor4d,
  tidy,
  transpose,
} from '@tensorflow/tfjs-core';
import type { Tensor, Tensor3D, Tensor4D } from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import { checkDirections } from '../../support/checkDirections';
import { gradient, gradientOf, scattered } from '../../support/kernelGradient';
import { isWrongForward } from '../../support/sameOnWasm';
import { thinned } from '../../support/thinned';

type Pad = Parameters<typeof conv2d>[3];

/** TensorFlow's own forward pass refuses paddings in numbers, and channels first on a CPU. */
const takesNumericPadding = getBackend() !== 'tensorflow';
const takesChannelsFirst = getBackend() !== 'tensorflow' && getBackend() !== 'wasm';

type Pair = [number, number];

/** A filter of one cell is right even so. */
function runsForward([kernel, strides, pad, size]: readonly [Pair, Pair, Pad, Pair]): boolean {
  return kernel.every((cells) => cells === 1) || !isWrongForward(kernel, strides, pad, size);
}

const images = (...shape: number[]) => scattered(shape) as Tensor4D;
const weights = (...shape: number[]) => scattered(shape, 3) as Tensor4D;

const explicit: Pad = [
  [0, 0],
  [2, 0],
  [1, 3],
  [0, 0],
];

describe('the gradient of conv2d', () => {
  it('hands each cell the weights that it met', async () => {
    const x = tensor4d([1, 2, 3, 4], [1, 4, 1, 1]);
    const filter = tensor4d([10, 1], [2, 1, 1, 1]);
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
  for (const kernel of [
    [1, 1],
    [2, 2],
    [3, 3],
    [3, 1],
    [1, 4],
    [5, 2],
  ] as Pair[]) {
    for (const strides of [
      [1, 1],
      [2, 2],
      [3, 1],
      [2, 3],
    ] as Pair[]) {
      for (const pad of ['valid', 'same', explicit] as Pad[]) {
        for (const size of [
          [7, 8],
          [6, 5],
        ] as Pair[])
          grid.push([kernel, strides, pad, size]);
      }
    }
  }
  const title = 'kernel %j, strides %j, padding %j, of %j';
  it.each(thinned(grid.filter(runsForward), 7))(
    `agrees with differences: ${title}`,
    async (kernel, strides, pad, size) => {
      const filter = weights(...kernel, 3, 4);
      await checkDirections((x: Tensor4D) => conv2d(x, filter, strides, pad), images(2, ...size, 3));
    },
  );
  it.skip.each(grid.filter((one) => !runsForward(one)))(
    `TF.js's forward pass is wrong: ${title}`,
    () => undefined,
  );

  it.each([
    [2, 1],
    [1, 2],
    [3, 2],
    [2, 2],
  ] as Pair[])('agrees with differences under dilation %j %j', async (...dilations) => {
    for (const kernel of thinned([
      [3, 3],
      [1, 1],
      [2, 3],
    ])) {
      for (const pad of ['valid', 'same', explicit] as Pad[]) {
        const filter = weights(...kernel, 2, 3);
        await checkDirections(
          (x: Tensor4D) => conv2d(x, filter, 1, pad, 'NHWC', dilations),
          images(2, 9, 8, 2),
        );
      }
    }
  });

  it('weaves few channels together in one convolution, and many apart', async () => {
    for (const channels of thinned([3, 1, 8, 16, 17])) {
      const filter = weights(5, 5, channels, 2);
      await checkDirections((x: Tensor4D) => conv2d(x, filter, 2, 'same'), images(1, 7, 9, channels));
      await checkDirections((x: Tensor4D) => conv2d(x, filter, 4, 'valid'), images(1, 11, 10, channels));
    }
  });

  it('reaches no further than the windows: strides above the kernel, rows behind the last window', async () => {
    const filter = tensor4d([2], [1, 1, 1, 1]);
    const x = images(1, 5, 4, 1);
    const rows = await gradient((t) => conv2d(t as Tensor4D, filter, [3, 2], 'valid'), x);
    expect(rows).toEqual([2, 0, 2, 0, 0, 0, 0, 0, 0, 0, 0, 0, 2, 0, 2, 0, 0, 0, 0, 0]);
    await checkDirections((t: Tensor4D) => conv2d(t, weights(2, 2, 2, 2), 5, 'valid'), images(1, 6, 13, 2));
    await checkDirections((t: Tensor4D) => conv2d(t, weights(2, 2, 2, 2), 4, explicit), images(1, 4, 2, 2));
    const unseen = (t: Tensor) => conv2d(t as Tensor4D, filter, 4, explicit);
    expect(await gradient(unseen, images(1, 3, 1, 1))).toEqual([0, 0, 0]);
    // the only window ends at the first of two cells
    const three = tensor4d([5, 7, 11], [1, 3, 1, 1]);
    const ending: Pad = [
      [0, 0],
      [0, 0],
      [2, 0],
      [0, 0],
    ];
    const first = (t: Tensor) => conv2d(t as Tensor4D, three, [1, 2], ending);
    expect(await gradient(first, images(1, 1, 2, 1))).toEqual([11, 0]);
  });

  it('takes kernels larger than the image', async () => {
    await checkDirections((x: Tensor4D) => conv2d(x, weights(5, 7, 2, 3), 1, 'same'), images(1, 3, 2, 2));
    await checkDirections((x: Tensor4D) => conv2d(x, weights(5, 7, 2, 3), 2, 'same'), images(1, 3, 2, 2));
    await checkDirections(
      (x: Tensor4D) => conv2d(x, weights(3, 3, 2, 3), 1, 'same', 'NHWC', 3),
      images(1, 3, 4, 2),
    );
  });

  it.runIf(takesNumericPadding)('takes paddings in numbers, also more than the kernel covers', async () => {
    for (const pad of thinned([1, 0, 2, 4], 2)) {
      const filter = weights(3, 3, 2, 3);
      for (const rounding of ['floor', undefined] as const) {
        await checkDirections(
          (x: Tensor4D) => conv2d(x, filter, 2, pad, 'NHWC', 1, rounding),
          images(1, 6, 9, 2),
        );
      }
    }
    await checkDirections((x: Tensor4D) => conv2d(x, weights(1, 1, 2, 3), 1, 3), images(1, 5, 4, 2));
    await checkDirections((x: Tensor4D) => conv2d(x, weights(1, 1, 2, 3), 2, 3), images(1, 5, 4, 2));
  });

  // TF.js sizes the output by the height of kernel and stride alone, and rounds as told: wasm does neither
  it.runIf(takesNumericPadding && getBackend() !== 'wasm')(
    'takes them with a kernel that is not square, and each way of rounding',
    async () => {
      for (const rounding of ['ceil', 'round', undefined] as const) {
        const filter = weights(3, 2, 2, 3);
        await checkDirections(
          (x: Tensor4D) => conv2d(x, filter, [2, 3], 1, 'NHWC', 1, rounding),
          images(1, 6, 8, 2),
        );
      }
    },
  );

  it.runIf(takesChannelsFirst)('takes channels first', async () => {
    const filter = weights(3, 2, 2, 3);
    for (const pad of [
      'valid',
      'same',
      [
        [0, 0],
        [0, 0],
        [2, 0],
        [1, 1],
      ],
    ] as Pad[]) {
      await checkDirections((x: Tensor4D) => conv2d(x, filter, [2, 1], pad, 'NCHW'), images(2, 2, 6, 7));
      await checkDirections((w: Tensor4D) => conv2d(images(2, 2, 6, 7), w, [2, 1], pad, 'NCHW'), filter);
    }
  });

  it('is the one of a single channel, each time', async () => {
    const filter = weights(3, 3, 1, 1);
    const x = images(1, 8, 8, 1);
    for (let repeat = 0; repeat < 5; repeat++) {
      tidy(() => mul(scattered([50, 50], repeat), 1e6)); // what unwritten memory would show
      await checkDirections((t: Tensor4D) => conv2d(t, filter, 1, 'same'), x);
    }
  });

  it.runIf(getBackend() === 'cpu')('agrees with TF.js where that is right', async () => {
    const filter = weights(3, 3, 3, 4);
    for (const strides of [1, 2, 3]) {
      const f = (x: Tensor) => conv2d(x as Tensor4D, filter, strides, 'same');
      const x = images(2, 9, 8, 3);
      const stock = await grad(f)(x).data();
      const ours = await gradientOf(f, x).data();
      stock.forEach((value, i) => expect(ours[i]).toBeCloseTo(value, 5));
    }
  });
});

describe('the gradient of conv2d to its filter', () => {
  const grid: [kernel: Pair, strides: Pair, dilations: Pair, pad: Pad][] = [
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
  it.each(thinned(grid, 2))(
    'agrees with differences: kernel %j, strides %j, dilations %j, padding %j',
    async (kernel, strides, dilations, pad) => {
      const x = images(2, 9, 8, 3);
      await checkDirections(
        (w: Tensor4D) => conv2d(x, w, strides, pad, 'NHWC', dilations),
        images(...kernel, 3, 4),
      );
    },
  );

  it('agrees with differences where rows alone, or columns alone, are dilated', async () => {
    const x = images(2, 7, 8, 2);
    for (const dilations of [
      [2, 1],
      [1, 2],
    ] as Pair[]) {
      await checkDirections((w: Tensor4D) => conv2d(x, w, 1, 'same', 'NHWC', dilations), images(3, 2, 2, 3));
    }
  });

  it('comes with the one to the image where both depend on x', async () => {
    const f = (x: Tensor) => conv2d(x as Tensor4D, transpose(x, [1, 2, 3, 0]) as Tensor4D, 1, 'same');
    await checkDirections(f, images(2, 3, 3, 2), { step: 1e-2, tolerance: 1e-3 });
  });
});

describe('the gradient of conv1d', () => {
  it('agrees with differences under strides and dilation', async () => {
    const filter = scattered([3, 2, 4], 3) as Tensor3D;
    for (const pad of ['same', 'valid'] as const) {
      await checkDirections((x: Tensor3D) => conv1d(x, filter, 2, pad), images(2, 10, 2));
      await checkDirections((x: Tensor3D) => conv1d(x, filter, 1, pad, 'NWC', 2), images(2, 10, 2));
    }
  });
});

describe('the gradient of conv2dTranspose', () => {
  const grid: [kernel: Pair, strides: Pair, pad: 'same' | 'valid', out: Pair][] = [
    [[3, 3], [1, 1], 'same', [5, 4]],
    [[3, 3], [2, 2], 'same', [10, 8]],
    [[3, 3], [2, 2], 'same', [9, 7]],
    [[4, 2], [2, 3], 'valid', [12, 11]],
    [[2, 2], [3, 3], 'valid', [14, 11]],
    [[2, 2], [3, 3], 'same', [15, 12]],
    [[1, 1], [2, 2], 'same', [10, 8]],
  ];
  const title = 'kernel %j, strides %j, padding %j, to %j';
  it.each(grid)(`agrees with differences: ${title}`, async (kernel, strides, pad, out) => {
    const filter = weights(...kernel, 3, 2);
    const shape = [2, ...out, 3] as [number, number, number, number];
    const x = images(2, 5, 4, 2);
    await checkDirections((t: Tensor4D) => conv2dTranspose(t, filter, shape, strides, pad), x);
    await checkDirections((w: Tensor4D) => conv2dTranspose(x, w, shape, strides, pad), filter);
  });
});
