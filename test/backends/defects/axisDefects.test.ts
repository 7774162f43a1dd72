import {
  add,
  concat,
  div,
  getBackend,
  logSoftmax,
  memory,
  mul,
  pad,
  relu,
  reshape,
  square,
  squaredDifference,
  sub,
  sum,
  tensor,
  grad,
} from '@tensorflow/tfjs-core';
import type { Tensor } from '@tensorflow/tfjs-core';
import { guided, saliency, withInputGradients } from 'guided-saliency';
import { describe, expect, it } from 'vitest';
import { messageOf } from '../../support/leftBehind';
import { rounded } from '../../support/rounded';

/*
 * Wasm leaves sums, products and paddings of more than 6 axes as the memory was. What computes them is
 * refused, on the way back, too; what only moves numbers is not. WebGL and WebGPU have no tensors of so many
 * axes.
 */

const x = tensor([1.5, -2, 3, 4], [1, 1, 1, 1, 1, 2, 2]);
const isWasm = getBackend() === 'wasm';
const target = (y: Tensor) => sum(y);

const refusal = (who: string, kernel: string, what = 'sums and products', by = 'saliency') =>
  `Error: ${by}: ${who} runs the kernel ${kernel}, and TF.js computes ${what} of more than 6 axes wrongly on the ` +
  `backend "wasm"; use another backend, e.g. await tf.setBackend('cpu')`;

type Case = [name: string, f: (x: Tensor) => Tensor, map: number[], onWasm: string];

describe.runIf(isWasm || getBackend() === 'cpu')('more than 6 axes', () => {
  it.each<Case>([
    ['a product', (t) => mul(relu(t), 3), [3, 0, 3, 3], refusal('the model', 'Multiply')],
    ['a sum', (t) => add(t, 1), [1, 1, 1, 1], refusal('the model', 'Add')],
    ['a difference', (t) => sub(1, t), [-1, -1, -1, -1], refusal('the model', 'Sub')],
    ['a quotient', (t) => div(t, 2), [0.5, 0.5, 0.5, 0.5], refusal('the model', 'RealDiv')],
    [
      'a squared difference',
      (t) => squaredDifference(t, 1),
      [1, -6, 4, 6],
      refusal('the model', 'SquaredDifference'),
    ],
    [
      'a padding',
      (t) => pad(t, [...Array.from({ length: 6 }, (): [number, number] => [0, 0]), [0, 1]]),
      [1, 1, 1, 1],
      refusal('the model', 'PadV2', 'the padding'),
    ],
    [
      'what is inside of another op',
      (t) => logSoftmax(t),
      [-0.94138, 0.94138, 0.46212, -0.46212],
      refusal('the model', 'Sub'),
    ],
    [
      'what only the way back multiplies',
      (t) => square(t),
      [3, -4, 6, 8],
      refusal('the way back', 'Multiply'),
    ],
  ])('are refused by name on wasm: %s', async (_name, f, map, onWasm) => {
    const before = memory().numTensors;
    if (isWasm) expect(messageOf(() => saliency(f, x, { target }))).toBe(onWasm);
    else expect(await rounded(saliency(f, x, { target }))).toEqual(map);
    expect(memory().numTensors).toBe(before);
  });

  it.each<[string, (x: Tensor) => Tensor, number[]]>([
    ['a rectifier', (t) => relu(t), [1, 0, 1, 1]],
    ['an input that is read twice', (t) => concat([relu(t), t], -1), [2, 1, 2, 2]],
    ['fewer axes behind them', (t) => mul(reshape(t, [4]), 3), [3, 3, 3, 3]],
  ])('are explained everywhere where they are only moved: %s', async (_name, f, map) => {
    expect(await rounded(saliency(f, x, { target }))).toEqual(map);
  });

  it('are explained under a rule', async () => {
    expect(await rounded(saliency((t: Tensor) => relu(t), x, { target, rule: guided }))).toEqual([
      1, 0, 1, 1,
    ]);
  });

  it('are refused in a gradient of the user’s own', () => {
    const second = () => withInputGradients(() => grad((t: Tensor) => sum(square(t)))(x)).dispose();
    const said = messageOf(second);
    expect(said).toBe(
      isWasm ? refusal('the way back', 'Multiply', undefined, 'withInputGradients') : 'nothing thrown',
    );
  });

  it('are no matter for up to 6 axes', async () => {
    const six = reshape(x, [1, 1, 1, 1, 2, 2]);
    expect(await rounded(saliency((t: Tensor) => mul(square(t), 3), six, { target }))).toEqual([
      9, -12, 18, 24,
    ]);
  });
});
