import {
  add,
  all,
  any,
  cast,
  getBackend,
  greater,
  matMul,
  max,
  mean,
  min,
  prod,
  slice,
  softmax,
  sum,
} from '@tensorflow/tfjs-core';
import { concat, tensor, tensor2d, tile, zeros } from '@tensorflow/tfjs-core';
import type { Tensor } from '@tensorflow/tfjs-core';
import { saliency } from 'guided-saliency';
import { describe, expect, it } from 'vitest';
import { messageOf } from '../../support/leftBehind';
import { rounded } from '../../support/rounded';

/* What wasm makes of no numbers is what its memory was. */

const x = tensor([1.5, -2], [2, 1]);
const target = (y: Tensor) => sum(y);
const behind = (reduce: (x: Tensor, axis: number, keepDims: boolean) => Tensor) => (x: Tensor) =>
  add(x, reduce(slice(x, [0, 0], [-1, 0]), 1, true));

const ofBooleans = (reduce: typeof all) => (x: Tensor, axis: number, keepDims: boolean) =>
  cast(reduce(greater(x, 0), axis, keepDims), 'float32');

describe('a reduction of no numbers', () => {
  it.runIf(getBackend() === 'wasm').each([
    ['Sum', sum],
    ['Mean', mean],
    ['Max', max],
    ['Min', min],
    ['Prod', prod],
    ['All', ofBooleans(all)],
    ['Any', ofBooleans(any)],
  ] as const)('is refused on wasm: %s', (kernel, reduce) => {
    expect(messageOf(() => saliency(behind(reduce), x, { target }))).toBe(
      `Error: saliency: the model runs the kernel ${kernel}, and TF.js computes a reduction of no numbers wrongly on ` +
        `the backend "wasm"; use another backend, e.g. await tf.setBackend('cpu')`,
    );
  });

  it.runIf(getBackend() === 'wasm')('is refused on wasm as a matrix product, too', () => {
    const f = (t: Tensor) => add(t, matMul(slice(t, [0, 0], [-1, 0]), zeros([0, 1])));
    expect(messageOf(() => saliency(f, x, { target }))).toBe(
      'Error: saliency: the model runs the kernel BatchMatMul, and TF.js computes a product over no numbers wrongly' +
        ` on the backend "wasm"; use another backend, e.g. await tf.setBackend('cpu')`,
    );
  });

  it.runIf(getBackend() === 'cpu')('adds nothing', async () => {
    expect(await rounded(saliency(behind(sum), x, { target }))).toEqual([1, 1]);
  });

  it('is none where the result has no numbers, either', async () => {
    const f = (t: Tensor) => add(sum(t), sum(concat([t, sum(slice(t, [0, 0], [0, -1]), 1, true)], 0)));
    expect(await rounded(saliency(f, x, { target }))).toEqual([2, 2]);
  });
});

describe('a softmax of more rows than webgpu has work groups in a line', () => {
  // of each row the softmax is 1/4, 3/4, whose first changes with the logits by 3/16, -3/16
  const rowsOf = (rows: number) => tile(tensor2d([[0, Math.log(3)]]), [rows, 1]);
  const target = (y: Tensor) => sum(slice(y, [0, 0], [-1, 1]));
  const lastOf = async (rows: number) => {
    const map = saliency(softmax, rowsOf(rows), { target });
    return await rounded(slice(map, [rows - 1, 0], [1, 2]));
  };

  it('is right where they are a square', async () => {
    expect(await lastOf(256 * 256)).toEqual([0.1875, -0.1875]);
  });

  it.runIf(getBackend() !== 'webgpu')('is right elsewhere', async () => {
    expect(await lastOf(70_000)).toEqual([0.1875, -0.1875]);
  });

  it.runIf(getBackend() === 'webgpu')('is refused where they are none, as the last is wrong', async () => {
    // TF.js's own answer: if that is right one day, the refusal can go
    expect(await rounded(slice(softmax(rowsOf(70_000)), [69_999, 0], [1, 2]))).not.toEqual([0.25, 0.75]);
    expect(messageOf(() => saliency(softmax, rowsOf(70_000), { target }))).toBe(
      'Error: saliency: the model runs the kernel Softmax, and TF.js computes a softmax of more than 65535 rows ' +
        `wrongly on the backend "webgpu"; use another backend, e.g. await tf.setBackend('cpu')`,
    );
  });
});
