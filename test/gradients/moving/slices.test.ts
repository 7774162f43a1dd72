import {
  batchToSpaceND,
  broadcastTo,
  cast,
  concat,
  depthToSpace,
  diag,
  engine,
  expandDims,
  getBackend,
  getKernel,
  mirrorPad,
  pad,
  registerKernel,
  reshape,
  reverse,
  slice,
  spaceToBatchND,
  split,
  squeeze,
  stack,
  stridedSlice,
  tensor,
  tensor2d,
  tile,
  transpose,
  unregisterKernel,
  unstack,
  type Tensor,
  type Tensor4D,
} from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import { checkGradient, gradient, scattered } from '../../support/kernelGradient';

const linear = { step: 1, tolerance: 1e-4 };

describe('the gradient of a slice', () => {
  it('goes back to its place', async () => {
    const x = tensor([1, 2, 3, 4, 5, 6], [2, 3]);
    const dy = tensor([1, 2, 3, 4], [2, 2]);
    expect(await gradient((t) => slice(t, [0, 1], [2, 2]), x, dy)).toEqual([0, 1, 2, 0, 3, 4]);
    expect(await gradient((t) => slice(t, 1), x, tensor([7, 8, 9], [1, 3]))).toEqual([0, 0, 0, 7, 8, 9]);
  });

  it.each([
    [[5], [2], [2]],
    [
      [3, 4],
      [1, 0],
      [-1, 3],
    ],
    [
      [2, 3, 4],
      [0, 1, 1],
      [2, 2, 3],
    ],
    [
      [2, 3, 4, 5],
      [1, 0, 1, 2],
      [1, 3, 2, 2],
    ],
    [
      [2, 3, 2, 3, 2],
      [0, 1, 0, 1, 0],
      [2, 1, 2, 2, 1],
    ],
  ])('agrees with differences at any rank: %s from %s, %s', async (shape, begin, size) => {
    await checkGradient((x) => slice(x, begin, size), scattered(shape), linear);
  });
});

describe('the gradient of a strided slice', () => {
  it('goes back to every second place, also from the end', async () => {
    const x = tensor([1, 2, 3, 4, 5]);
    const dy = tensor([1, 10, 100]);
    expect(await gradient((t) => stridedSlice(t, [0], [5], [2]), x, dy)).toEqual([1, 0, 10, 0, 100]);
    expect(await gradient((t) => stridedSlice(t, [-1], [-6], [-2]), x, dy)).toEqual([100, 0, 10, 0, 1]);
    const two = tensor([1, 10]);
    expect(await gradient((t) => stridedSlice(t, [4], [0], [-2]), x, two)).toEqual([0, 0, 10, 0, 1]);
  });

  type Masks = [number, number, number, number, number];
  it.each([
    ['from and to the ends', [1, 1, 1], [2, 2, 3], [1, 1, 2], [1, 2, 0, 0, 0]],
    ['an ellipsis', [0, 1], [0, 3], [1, 1], [0, 0, 1, 0, 0]],
    ['a new axis', [0, 0, 1], [0, 2, 3], [1, 1, 1], [0, 0, 0, 1, 0]],
    ['an axis dropped', [1, 0, 1], [2, 3, 4], [1, 1, 1], [0, 0, 0, 0, 1]],
    ['the last of an axis dropped', [0, -1], [2, 0], [1, 1], [0, 0, 0, 0, 2]],
    ['backwards', [1, 2, 3], [0, 0, 0], [-1, -1, -2], [0, 7, 0, 0, 0]],
    ['past the end', [0, 1, 0], [9, 9, 9], [1, 1, 3], [0, 0, 0, 0, 0]],
    ['everything', [0, 0, 0], [2, 3, 4], [1, 1, 1], [0, 0, 0, 0, 0]],
  ] as [string, number[], number[], number[], Masks][])(
    'agrees with differences: %s',
    async (_, begin, end, strides, masks) => {
      await checkGradient(
        (x) => stridedSlice(x, begin, end, strides, ...masks),
        scattered([2, 3, 4]),
        linear,
      );
    },
  );

  it('agrees with differences at rank 4', async () => {
    const f = (x: Tensor) => stridedSlice(x, [0, 1, 0, 2], [2, 5, 5, 0], [1, 2, 2, -1]);
    await checkGradient(f, scattered([2, 5, 5, 3]), linear);
  });
});

describe('the gradient of a padding', () => {
  it('is what arrives inside', async () => {
    const dy = tensor([1, 2, 3, 4, 5]);
    expect(await gradient((x) => pad(x, [[1, 2]], 7), tensor([8, 9]), dy)).toEqual([2, 3]);
  });

  it('comes from the mirror images, too', async () => {
    expect(await gradient((x) => mirrorPad(x, [[1, 1]], 'reflect'), tensor([1, 2, 3]))).toEqual([1, 3, 1]);
    const dy = tensor([1, 2, 4, 8, 16, 32, 64]);
    // 3 2 | 1 2 3 | 2 1 and 2 1 | 1 2 3 | 3 2
    expect(await gradient((x) => mirrorPad(x, [[2, 2]], 'reflect'), tensor([1, 2, 3]), dy)).toEqual([
      4 + 64,
      2 + 8 + 32,
      1 + 16,
    ]);
    expect(await gradient((x) => mirrorPad(x, [[2, 2]], 'symmetric'), tensor([1, 2, 3]), dy)).toEqual([
      2 + 4,
      1 + 8 + 64,
      16 + 32,
    ]);
  });

  it.each(['reflect', 'symmetric'] as const)('agrees with differences: %s', async (mode) => {
    const image = scattered([2, 4, 3, 2]);
    await checkGradient(
      (x) =>
        mirrorPad(
          x,
          [
            [0, 0],
            [3, 1],
            [0, 2],
            [0, 0],
          ],
          mode,
        ),
      image,
      linear,
    );
    await checkGradient(
      (x) =>
        mirrorPad(
          x,
          [
            [1, 0],
            [2, 2],
            [1, 1],
          ],
          mode,
        ),
      scattered([2, 3, 4]),
      linear,
    );
    await checkGradient(
      (x) =>
        pad(x, [
          [0, 0],
          [3, 1],
          [0, 2],
          [1, 0],
        ]),
      image,
      linear,
    );
  });
});

describe('the gradient of joining and splitting', () => {
  it('goes to each part', async () => {
    const other = tensor([9, 9]);
    const dy = tensor([1, 2, 3, 4, 5]);
    expect(await gradient((x) => concat([other, x]), tensor([5, 6, 7]), dy)).toEqual([3, 4, 5]);
    expect(await gradient((x) => concat([x, x]), tensor([5, 6]), tensor([1, 2, 3, 4]))).toEqual([4, 6]);
    const square = tensor([1, 2, 3, 4], [2, 2]);
    expect(await gradient((x) => stack([other, x], 1), tensor([5, 6]), square)).toEqual([2, 4]);
  });

  it('takes one part as well as several', async () => {
    expect(await gradient((x) => unstack(x)[0]!, tensor([5, 6], [1, 2]), tensor([3, 4]))).toEqual([3, 4]);
    expect(await gradient((x) => split(x, 1)[0]!, tensor([5, 6]), tensor([3, 4]))).toEqual([3, 4]);
    const square = tensor([1, 2, 3, 4], [2, 2]);
    expect(await gradient((x) => unstack(x, 1)[1]!, square, tensor([3, 4]))).toEqual([0, 3, 0, 4]);
    const list = tensor([1, 2, 3, 4]);
    expect(await gradient((x) => split(x, [1, 3])[1]!, list, tensor([5, 6, 7]))).toEqual([0, 5, 6, 7]);
  });

  it('agrees with differences along any axis', async () => {
    const x = scattered([2, 3, 4]);
    for (const axis of [0, 1, 2, -1]) {
      await checkGradient((t) => concat([t, scattered([2, 3, 4], 5), t], axis), x, linear);
      await checkGradient((t) => stack([scattered([2, 3, 4], 5), t], axis), x, linear);
      await checkGradient((t) => concat(split(t, axis === 1 ? 3 : 2, axis), axis === 0 ? 1 : 0), x, linear);
      await checkGradient((t) => stack(unstack(t, axis).slice(1)), x, linear);
    }
  });
});

describe('the gradient of repeating', () => {
  it('is the sum over the copies', async () => {
    const dy = tensor([1, 2, 3, 4, 5, 6, 7, 8], [2, 4]);
    expect(await gradient((x) => tile(x, [2, 2]), tensor([5, 6], [1, 2]), dy)).toEqual([16, 20]);
  });

  it.each([
    [[3], [2]],
    [
      [2, 3],
      [3, 2],
    ],
    [
      [2, 1, 3],
      [1, 4, 2],
    ],
    [
      [2, 2, 1, 3],
      [2, 1, 3, 2],
    ],
    [
      [1, 2, 1, 2, 2],
      [2, 1, 3, 1, 2],
    ],
  ])('agrees with differences at any rank: %s, %s', async (shape, reps) => {
    await checkGradient((x) => tile(x, reps), scattered(shape), linear);
  });

  it('agrees with differences where a shape is broadcast', async () => {
    await checkGradient((x) => broadcastTo(x, [2, 3, 4]), scattered([3, 1]), linear);
  });
});

describe('the gradient of BroadcastTo', () => {
  /** No op of TF.js runs the kernel, whose gradient it has; a backend of one's own may. */
  function withKernel<T>(body: () => T): T {
    const names = { kernelName: 'BroadcastTo', backendName: getBackend() };
    const tileKernel = getKernel('Tile', names.backendName);
    registerKernel({
      ...names,
      kernelFunc: ({ inputs, attrs, backend }) => {
        const { shape } = inputs['x'] as Tensor;
        const reps = (attrs as unknown as { shape: number[] }).shape.map((size, i) => size / shape[i]!);
        return tileKernel.kernelFunc({ inputs, backend, attrs: { reps } });
      },
    });
    try {
      return body();
    } finally {
      unregisterKernel(names.kernelName, names.backendName);
    }
  }

  it('is the sum over what each value became', async () => {
    const f = (x: Tensor) => engine().runKernel<Tensor>('BroadcastTo', { x }, { shape: [2, 3] });
    const [column, row] = [tensor2d([[7], [8]]), tensor2d([[7, 8, 9]])];
    const dy = tensor2d([[1, 2, 4], [8, 16, 32]]); // prettier-ignore
    expect(await withKernel(() => gradient(f, column, dy))).toEqual([7, 56]);
    expect(await withKernel(() => gradient(f, row, dy))).toEqual([9, 18, 36]);
  });
});

describe('the gradient of moving values about', () => {
  it('moves it back', async () => {
    const x = scattered([2, 3, 4]);
    await checkGradient((t) => transpose(t, [2, 0, 1]), x, linear);
    await checkGradient((t) => transpose(t), x, linear);
    await checkGradient((t) => reverse(t, [0, -1]), x, linear);
    await checkGradient((t) => reshape(t, [4, 6]), x, linear);
    await checkGradient((t) => squeeze(expandDims(t, 1)), x, linear);
    await checkGradient((t) => cast(t, 'float32'), x, linear);
    await checkGradient((t) => diag(t), scattered([4]), linear);
    await checkGradient((t) => diag(t), scattered([2, 2]), linear);
  });

  // cpu, wasm and webgpu read channels in the last axis only
  const formats = ['webgl'].includes(getBackend()) ? (['NHWC', 'NCHW'] as const) : (['NHWC'] as const);
  it.each(formats)('takes blocks apart again: %s', async (format) => {
    const shape = format === 'NHWC' ? [2, 2, 3, 8] : [2, 8, 2, 3];
    await checkGradient((x) => depthToSpace(x as Tensor4D, 2, format), scattered(shape), linear);
  });

  it('takes blocks of a batch apart again', async () => {
    await checkGradient(
      (x) =>
        spaceToBatchND(
          x,
          [2, 2],
          [
            [1, 1],
            [0, 1],
          ],
        ),
      scattered([2, 4, 3, 2]),
      linear,
    );
    await checkGradient(
      (x) =>
        batchToSpaceND(
          x,
          [2, 2],
          [
            [1, 0],
            [0, 1],
          ],
        ),
      scattered([4, 2, 3, 2]),
      linear,
    );
  });
});
