import {
  avgPool,
  avgPool3d,
  getBackend,
  maxPool,
  maxPool3d,
  maxPoolWithArgmax,
  pool,
  tensor,
  type Tensor,
  type Tensor3D,
  type Tensor4D,
  type Tensor5D,
} from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import { checkGradient, gradient, scattered } from '../../support/kernelGradient';
import { thinned } from '../../support/thinned';

const image = (rows: number[][]) => tensor(rows.flat(), [1, rows.length, rows[0]!.length, 1]);

/** TensorFlow's own forward pass refuses paddings in numbers. */
const takesNumericPadding = getBackend() !== 'tensorflow';

/** On wasm the forward pass rounds down whatever it is told, and leaves the rest of its output as it was. */
const roundings = getBackend() === 'wasm' ? (['floor'] as const) : (['floor', 'ceil', 'round'] as const);

const linear = { step: 1, tolerance: 1e-4 };

type Size = number | [number, number];
const windows: [Size, Size, 'same' | 'valid'][] = [
  [3, 2, 'same'],
  [3, 2, 'valid'],
  [2, 1, 'same'],
  [[3, 2], [2, 3], 'same'],
  [[1, 3], [2, 1], 'valid'],
  [2, 3, 'valid'],
  [[5, 1], [2, 2], 'same'],
  [1, 2, 'same'],
];

describe('the gradient of max pooling', () => {
  const max2x2 = (x: Tensor) => maxPool(x as Tensor4D, 2, 2, 'valid');

  it('goes to the first of equal cells', async () => {
    expect(
      await gradient(
        max2x2,
        image([
          [3, 3],
          [3, 3],
        ]),
      ),
    ).toEqual([1, 0, 0, 0]);
    expect(
      await gradient(
        max2x2,
        image([
          [1, 3],
          [3, 2],
        ]),
      ),
    ).toEqual([0, 1, 0, 0]);
    expect(
      await gradient(
        max2x2,
        image([
          [1, 2],
          [3, 3],
        ]),
      ),
    ).toEqual([0, 0, 1, 0]);
  });

  it('goes to the first cell of a window of zeros, as behind a dead ReLU', async () => {
    expect(
      await gradient(
        max2x2,
        image([
          [0, 0],
          [0, 0],
        ]),
      ),
    ).toEqual([1, 0, 0, 0]);
  });

  it('finds the maximum of a negative window', async () => {
    const x = image([
      [5, 1, -1, -2],
      [2, 3, -3, -4],
    ]);
    expect(await gradient(max2x2, x)).toEqual([1, 0, 1, 0, 0, 0, 0, 0]);
  });

  it('adds up where windows overlap, and tells their ties apart', async () => {
    // windows of 3 every 2, over a row 1 4 4 4 2: the first finds cell 1, the second cell 2
    const row = image([[1, 4, 4, 4, 2]]);
    expect(await gradient((x) => maxPool(x as Tensor4D, [1, 3], [1, 2], 'valid'), row)).toEqual([
      0, 1, 1, 0, 0,
    ]);
    // every 1: cells 1, 1 and 2
    expect(await gradient((x) => maxPool(x as Tensor4D, [1, 3], 1, 'valid'), row)).toEqual([0, 2, 1, 0, 0]);
  });

  it('takes the first row before the first column', async () => {
    const x = image([
      [0, 7, 1],
      [7, 2, 7],
      [7, 7, 7],
    ]);
    expect(await gradient((t) => maxPool(t as Tensor4D, 3, 1, 'valid'), x)).toEqual([
      0, 1, 0, 0, 0, 0, 0, 0, 0,
    ]);
  });

  it('scales with dy, channel by channel and sample by sample', async () => {
    const x = tensor([1, -2, 3, -4, -5, 6, 7, 8, -1, -2, -3, -4, -5, -6, -7, -8], [2, 2, 2, 2]);
    const dy = tensor([10, -20, 30, 40], [2, 1, 1, 2]);
    // channel 0: 1 3 -5 7, -1 -3 -5 -7; channel 1: -2 -4 6 8, -2 -4 -6 -8
    expect(await gradient(max2x2, x, dy)).toEqual([0, 0, 0, 0, 0, 0, 10, -20, 30, 40, 0, 0, 0, 0, 0, 0]);
  });

  it.each([1, 3, 4, 5, 8, 10, 15])(
    'goes to the first of many equal cells in %i channels',
    async (channels) => {
      const [rows, columns] = [7, 6];
      const cells = Array.from({ length: 2 * rows * columns * channels }, (_, i) => ((i * i) % 7) % 3);
      const x = tensor(cells, [2, rows, columns, channels]);
      const dys = Array.from({ length: 2 * 4 * 3 * channels }, (_, i) => (i % 11) - 5);
      const expected = cells.map(() => 0);
      dys.forEach((dy, i) => {
        const channel = i % channels;
        const [column, row, sample] = [0, 1, 2].map((axis) => Math.floor(i / channels / [1, 3, 12][axis]!));
        const [top, left] = [2 * (row! % 4) - 1, 2 * (column! % 3)]; // what "same" puts before and behind
        let first = -1;
        for (let r = Math.max(top, 0); r < Math.min(top + 3, rows); r++) {
          for (let c = left; c < Math.min(left + 3, columns); c++) {
            const cell = ((sample! * rows + r) * columns + c) * channels + channel;
            if (first < 0 || cells[cell]! > cells[first]!) first = cell;
          }
        }
        expected[first]! += dy;
      });
      const dy = tensor(dys, [2, 4, 3, channels]);
      expect(await gradient((t) => maxPool(t as Tensor4D, 3, 2, 'same'), x, dy)).toEqual(expected);
    },
  );

  it('lets a NaN be seen, in vectors of channels as in single ones', async () => {
    for (const channels of [1, 4, 6]) {
      const cells = Array.from({ length: 4 * channels }, (_, i) => (i === channels ? NaN : i % 5));
      const dx = await gradient(max2x2, tensor(cells, [1, 2, 2, channels]));
      // the maximum is NaN, or what TF.js makes of it: somebody takes the whole dy all the same
      const taken = [0, 1, 2, 3].reduce((all, cell) => all + dx[cell * channels]!, 0);
      expect(taken).toBe(1);
    }
  });

  it.each(thinned(windows, 2))(
    'agrees with differences: window %s, stride %s, %s',
    async (window, strides, padding) => {
      const x = scattered([2, 7, 8, 3]);
      await checkGradient((t) => maxPool(t as Tensor4D, window, strides, padding), x, { step: 1e-3 });
    },
  );

  it.runIf(takesNumericPadding).each(roundings)(
    'agrees with differences: padding 1, sizes rounded by %s',
    async (rounding) => {
      const x = scattered([1, 6, 7, 2]);
      await checkGradient((t) => maxPool(t as Tensor4D, 3, 2, 1, rounding), x, { step: 1e-3 });
    },
  );

  it('agrees with differences in one dimension, and dilated', async () => {
    await checkGradient((x) => pool(x as Tensor3D, 3, 'max', 'same', 1, 2), scattered([1, 9, 2]), {
      step: 1e-3,
    });
    await checkGradient((x) => pool(x as Tensor4D, 2, 'max', 'valid', 2, 1), scattered([1, 6, 6, 2]), {
      step: 1e-3,
    });
  });

  // tensorflow has no such kernel, wasm's finds positive maxima only
  it.runIf(!['tensorflow', 'wasm'].includes(getBackend()))(
    'agrees with differences for maxPoolWithArgmax',
    async () => {
      const x = scattered([1, 5, 6, 2]);
      await checkGradient((t) => maxPoolWithArgmax(t as Tensor4D, 2, 2, 'same')['result']!, x, {
        step: 1e-3,
      });
    },
  );

  it.runIf(getBackend() === 'cpu' || getBackend() === 'wasm')('shows a NaN', async () => {
    const dx = await gradient(
      max2x2,
      image([
        [NaN, 1],
        [2, 3],
      ]),
      tensor([NaN], [1, 1, 1, 1]),
    );
    expect(dx).toEqual([NaN, 0, 0, 0]);
  });
});

// wasm's forward pass finds positive maxima only
describe.runIf(getBackend() !== 'wasm')('the gradient of max pooling in three dimensions', () => {
  const max2x2x2 = (x: Tensor) => maxPool3d(x as Tensor5D, 2, 2, 'valid');

  it('goes whole to each of equal cells', async () => {
    const ones = [1, 1, 1, 1, 1, 1, 1, 1];
    expect(await gradient(max2x2x2, tensor(ones, [1, 2, 2, 2, 1]))).toEqual(ones);
    const x = tensor([1, 5, 2, 3, 4, 0, 5, 1], [1, 2, 2, 2, 1]);
    expect(await gradient(max2x2x2, x, tensor([3], [1, 1, 1, 1, 1]))).toEqual([0, 3, 0, 0, 0, 0, 3, 0]);
  });

  it.each([
    [2, 2, 'same'],
    [3, 2, 'valid'],
    [[1, 2, 3], [2, 1, 2], 'same'],
    [3, 1, 'same'],
    [[3, 1, 2], 2, 'valid'],
  ] as [number | [number, number, number], number | [number, number, number], 'same' | 'valid'][])(
    'agrees with differences: window %s, stride %s, %s',
    async (window, strides, padding) => {
      const x = scattered([2, 5, 6, 7, 2]);
      await checkGradient((t) => maxPool3d(t as Tensor5D, window, strides, padding), x, { step: 5e-4 });
    },
  );
});

describe('the gradient of average pooling', () => {
  it('is shared by the cells of a window', async () => {
    const dy = tensor([4, -8], [1, 1, 2, 1]);
    const x = image([
      [1, 2, 3, 4],
      [5, 6, 7, 8],
    ]);
    expect(await gradient((t) => avgPool(t as Tensor4D, 2, 2, 'valid'), x, dy)).toEqual([
      1, 1, -2, -2, 1, 1, -2, -2,
    ]);
  });

  it('is shared at a border by the cells that exist', async () => {
    const square = image([
      [1, 2],
      [3, 4],
    ]);
    expect(await gradient((x) => avgPool(x as Tensor4D, 3, 1, 'same'), square)).toEqual([1, 1, 1, 1]);
    expect(
      await gradient(
        (x) => avgPool(x as Tensor4D, 2, 2, 'same'),
        image([
          [1, 2, 3],
          [4, 5, 6],
          [7, 8, 9],
        ]),
      ),
    ).toEqual([0.25, 0.25, 0.5, 0.25, 0.25, 0.5, 0.5, 0.5, 1]);
  });

  it('goes to all cells alike from a window over all of them', async () => {
    expect(
      await gradient(
        (x) => avgPool(x as Tensor4D, 2, 2, 'valid'),
        image([
          [5, -6],
          [7, 8],
        ]),
      ),
    ).toEqual([0.25, 0.25, 0.25, 0.25]);
  });

  it.each(thinned(windows, 2))(
    'agrees with differences: window %s, stride %s, %s',
    async (window, strides, padding) => {
      const x = scattered([2, 7, 8, 3]);
      await checkGradient((t) => avgPool(t as Tensor4D, window, strides, padding), x, linear);
    },
  );

  it.runIf(takesNumericPadding).each(roundings)(
    'agrees with differences: padding 1, sizes rounded by %s',
    async (rounding) => {
      const x = scattered([1, 6, 7, 2]);
      await checkGradient((t) => avgPool(t as Tensor4D, 3, 2, 1, rounding), x, linear);
    },
  );

  it('agrees with differences in one dimension, and dilated', async () => {
    await checkGradient((x) => pool(x as Tensor3D, 3, 'avg', 'same', 1, 2), scattered([1, 9, 2]), linear);
    await checkGradient((x) => pool(x as Tensor4D, 2, 'avg', 'valid', 2, 1), scattered([1, 6, 6, 2]), linear);
  });

  it.each([
    [2, 2, 'same'],
    [3, 2, 'valid'],
    [[1, 2, 3], [2, 1, 2], 'same'],
    [3, 1, 'same'],
    [[3, 1, 2], 2, 'same'],
  ] as [number | [number, number, number], number | [number, number, number], 'same' | 'valid'][])(
    'agrees with differences in three dimensions: window %s, stride %s, %s',
    async (window, strides, padding) => {
      const x = scattered([2, 5, 6, 7, 2]);
      await checkGradient((t) => avgPool3d(t as Tensor5D, window, strides, padding), x, linear);
    },
  );
});
