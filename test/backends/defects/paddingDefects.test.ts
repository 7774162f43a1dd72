import {
  conv2d,
  conv2dTranspose,
  depthwiseConv2d,
  exp,
  fused,
  getBackend,
  matMul,
  memory,
  mul,
  ones,
  reshape,
  slice,
  softmax,
  sub,
  sum,
  tanh,
  transpose,
  zeros,
} from '@tensorflow/tfjs-core';
import type { Rank, Tensor, Tensor2D, Tensor4D } from '@tensorflow/tfjs-core';
import { saliency } from 'guided-saliency';
import { describe, expect, it } from 'vitest';
import { messageOf } from '../../support/leftBehind';
import { rounded } from '../../support/rounded';

/*
 * Webgl packs two rows of two numbers to a texel; beside an odd axis there is padding, in which `exp` leaves
 * 1. Products of two such operands sum over it, and a dilated depthwise convolution takes it for a column.
 * The models here are sums of ones.
 */

const isWebgl = getBackend() === 'webgl';
const target = (y: Tensor) => sum(y);
/** Ones that were computed, and that have ones in their padding. */
const computed = <T extends Tensor>(shape: T['shape']): T => exp(zeros(shape)) as T;

const refusal = (kernel: string, what: string) =>
  `Error: saliency: the model runs the kernel ${kernel}, and TF.js computes ${what}, wrongly on the backend "webgl"; ` +
  `use another backend, e.g. await tf.setBackend('cpu')`;
const PRODUCT = 'a product over an odd number of terms, both operands of which it has just computed';
const POINTWISE = 'a 1×1 convolution of an odd number of channels, with a filter that it has just computed';
const TRANSPOSED =
  'a transposed convolution of an odd number of channels, with a filter that it has just computed';
const DEPTHWISE =
  'a dilated depthwise convolution with padding, of an odd number of columns that it has just computed';

describe.runIf(isWebgl || getBackend() === 'cpu')('numbers in the padding of texels', () => {
  it.runIf(isWebgl)('are summed by TF.js', async () => {
    // else there is nothing to refuse or to work around any more
    expect(await rounded(matMul(computed([1, 3]), computed([3, 2])))).toEqual([4, 4]);
    expect(await rounded(matMul(computed([1, 3]), ones([3, 2])))).toEqual([3, 3]);
  });

  type Case = [name: string, f: (x: Tensor) => Tensor, shape: number[], map: number[], onWebgl: string];
  const depthwise = (x: Tensor) =>
    depthwiseConv2d(x as Tensor4D, ones([1, 2, 1, 1]), 1, besideColumns, 'NHWC', [1, 2]);
  const besideColumns = [
    [0, 0],
    [0, 0],
    [1, 1],
    [0, 0],
  ] as unknown as 'same';

  it.each<Case>([
    [
      'a product',
      (x) => matMul(exp(x), computed([3, 2])),
      [1, 3],
      [2, 2, 2],
      refusal('BatchMatMul', PRODUCT),
    ],
    [
      'a product of transposed matrices',
      (x) => matMul(exp(x), computed([2, 3]), true, true),
      [3, 1],
      [2, 2, 2],
      refusal('BatchMatMul', PRODUCT),
    ],
    [
      'a fused product',
      (x) => fused.matMul({ a: exp(x), b: computed<Tensor2D>([3, 2]), activation: 'relu' }),
      [1, 3],
      [2, 2, 2],
      refusal('_FusedMatMul', PRODUCT),
    ],
    [
      'a 1×1 convolution',
      (x) => conv2d(exp(x) as Tensor4D, computed<Tensor4D>([1, 1, 3, 2]), 1, 'valid'),
      [1, 1, 2, 3],
      [2, 2, 2, 2, 2, 2],
      refusal('Conv2D', POINTWISE),
    ],
    [
      'a transposed convolution',
      (x) => conv2dTranspose(exp(x) as Tensor4D, computed<Tensor4D>([1, 1, 2, 3]), [1, 1, 2, 2], 1, 'valid'),
      [1, 1, 2, 3],
      [2, 2, 2, 2, 2, 2],
      refusal('Conv2DBackpropInput', TRANSPOSED),
    ],
    [
      'a dilated depthwise convolution',
      (x) => depthwise(exp(x)),
      [1, 1, 5, 1],
      [1, 2, 2, 2, 1],
      refusal('DepthwiseConv2dNative', DEPTHWISE),
    ],
  ])('are refused by name where a model sums them on webgl: %s', async (_name, f, shape, map, onWebgl) => {
    const x = zeros(shape);
    const before = memory();
    if (isWebgl) expect(messageOf(() => saliency(f, x, { target }))).toBe(onWebgl);
    else expect(await rounded(saliency(f, x, { target }))).toEqual(map);
    expect(memory().numTensors).toBe(before.numTensors);
    expect(memory().numDataBuffers).toBe(before.numDataBuffers);
  });

  it.each<[string, (x: Tensor) => Tensor, number[]]>([
    ['an operand that is uploaded', (x) => matMul(exp(x), ones([3, 2])), [2, 2, 2]],
    ['zeros there', (x) => matMul(exp(x), mul(ones([3, 2]), 2)), [4, 4, 4]],
    ['an even number of terms', (x) => matMul(transpose(exp(x)), computed([1, 2])), [2, 2, 2]],
    ['a softmax', (x) => matMul(softmax(x), computed([3, 2])), [0, 0, 0]],
    ['a slice', (x) => matMul(slice(exp(x), [0, 0], [1, 3]), computed([3, 2])), [2, 2, 2]],
    ['a convolution of more pixels', (x) => pixels(exp(x)), [2, 2, 2]],
  ])('are no reason to refuse %s', async (_name, f, map) => {
    expect(await rounded(saliency(f, zeros([1, 3]), { target }))).toEqual(map);
  });
  const pixels = (x: Tensor) =>
    conv2d(reshape<Rank.R4>(x, [1, 1, 3, 1]), computed<Tensor4D>([1, 2, 1, 1]), 1, [
      [0, 0],
      [0, 0],
      [1, 1],
      [0, 0],
    ]);

  // `tanh` has zeros in its padding, so that the product behind it is right; what comes back has 2 there
  const toTheRight = (y: Tensor) => matMul(tanh(y), computed([3, 2]));
  const inBatch = (y: Tensor) => matMul(tanh(y), computed([2, 3, 2]));
  const toTheLeft = (y: Tensor) => matMul(computed([2, y.shape[0]]), tanh(y));

  it.each<[string, (x: Tensor) => Tensor, number[], number[]]>([
    ['a first operand', (x) => toTheRight(matMul(x, computed([2, 3]))), [1, 2], [6, 6]],
    ['a second operand', (x) => toTheLeft(matMul(computed([3, 2]), x)), [2, 1], [6, 6]],
    ['a transposed operand', (x) => toTheRight(matMul(x, computed([3, 2]), false, true)), [1, 2], [6, 6]],
    ['a batch', (x) => inBatch(matMul(x, computed([2, 2, 3]))), [2, 1, 2], [6, 6, 6, 6]],
    ['two activations', (x) => toTheRight(matMul(x, exp(sub(x, x)), true)), [2, 3], [6, 6, 6, 6, 6, 6]],
    [
      'a dilated depthwise convolution',
      (x) => toTheLeft(column(depthwise(x))),
      [1, 1, 5, 1],
      [2, 4, 4, 4, 2],
    ],
    [
      'a transposed convolution',
      (x) => {
        const filter = computed<Tensor4D>([1, 1, 3, 2]);
        const y = conv2dTranspose(x as Tensor4D, filter, [1, 1, 2, 3], 1, 'valid');
        return toTheRight(reshape(y, [2, 3]));
      },
      [1, 1, 2, 2],
      [6, 6, 6, 6],
    ],
  ])('take no part in the gradient of %s', async (_name, f, shape, map) => {
    expect(await rounded(saliency(f, zeros(shape), { target }))).toEqual(map);
  });
});

const column = (x: Tensor) => reshape(x, [-1, 1]);
