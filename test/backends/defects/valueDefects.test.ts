import { add, getBackend, max, mean, min, prod, slice, sum, tensor } from '@tensorflow/tfjs-core';
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

describe('a reduction of no numbers', () => {
  it.runIf(getBackend() === 'wasm').each([
    ['Sum', sum],
    ['Mean', mean],
    ['Max', max],
    ['Min', min],
    ['Prod', prod],
  ] as const)('is refused on wasm: %s', (kernel, reduce) => {
    expect(messageOf(() => saliency(behind(reduce), x, { target }))).toBe(
      `Error: saliency: the model runs the kernel ${kernel}, and TF.js computes a reduction of no numbers wrongly on ` +
        `the backend "wasm"; use another backend, e.g. await tf.setBackend('cpu')`,
    );
  });

  it.runIf(getBackend() === 'cpu')('adds nothing', async () => {
    expect(await rounded(saliency(behind(sum), x, { target }))).toEqual([1, 1]);
  });
});
