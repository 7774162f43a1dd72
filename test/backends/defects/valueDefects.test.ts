import { getBackend, slice, softmax, sum, tensor2d, tile } from '@tensorflow/tfjs-core';
import type { Tensor } from '@tensorflow/tfjs-core';
import { saliency } from 'guided-saliency';
import { describe, expect, it } from 'vitest';
import { messageOf } from '../../support/leftBehind';
import { rounded } from '../../support/rounded';

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
