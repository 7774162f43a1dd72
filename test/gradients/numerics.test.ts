import {
  abs,
  add,
  cast,
  ceil,
  clipByValue,
  div,
  elu,
  erf,
  euclideanNorm,
  exp,
  floor,
  getBackend,
  leakyRelu,
  log,
  log1p,
  logSoftmax,
  maximum,
  minimum,
  mul,
  pow,
  prelu,
  relu,
  relu6,
  reciprocal,
  round,
  rsqrt,
  selu,
  sigmoid,
  sign,
  slice,
  softmax,
  softplus,
  sqrt,
  square,
  sum,
  tanh,
  tensor,
  type Tensor,
} from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import { gradient } from '../support/kernelGradient';

const one = (x: Tensor, i: number) => slice(x, [i], [1]);
const gelu = (x: Tensor) => mul(mul(0.5, x), add(1, erf(div(x, Math.SQRT2))));
const mish = (x: Tensor) => mul(x, tanh(softplus(x)));
const softsign = (x: Tensor) => div(x, add(abs(x), 1));
const hardSigmoid = (x: Tensor) => clipByValue(add(mul(x, 0.2), 0.5), 0, 1);

// at kinks, in saturation and at the edge of what is defined, as TensorFlow 2.21 has them
const rows: [string, (x: Tensor) => Tensor, number[], number[]][] = [
  ['relu', relu, [-1, -0, 0, 1], [0, 0, 0, 1]],
  ['relu6', relu6, [-1, 0, 3, 6, 7], [0, 0, 1, 0, 0]],
  ['minimum(6, relu)', (x) => minimum(6, relu(x)), [-1, 0, 3, 6, 7], [0, 0, 1, 0, 0]],
  ['clip(-1, 1)', (x) => clipByValue(x, -1, 1), [-2, -1, 0, 1, 2], [0, 1, 1, 1, 0]],
  ['hard sigmoid', hardSigmoid, [-3, -2.5, 0, 2.5, 3], [0, 0.2, 0.2, 0.2, 0]],
  ['leakyRelu(0.2)', (x) => leakyRelu(x, 0.2), [-1, 0, 1], [0.2, 0.2, 1]],
  ['prelu(0.2)', (x) => prelu(x, tensor([0.2])), [-1, 0, 1], [0.2, 0, 1]],
  ['elu', elu, [-1, 0, 1], [0.36788, 1, 1]],
  ['selu', selu, [-1, 0, 1], [0.64677, 1.0507, 1.0507]],
  ['abs', abs, [-1, 0, 1], [-1, 0, 1]],
  ['softsign', softsign, [-1, 0, 1], [0.25, 1, 0.25]],
  ['softplus', softplus, [-100, 0, 100], [0, 0.5, 1]],
  ['sigmoid', sigmoid, [-100, 0, 100], [0, 0.25, 0]],
  ['mish', mish, [-100, 0, 100], [0, 0.6, 1]],
  ['swish', (x) => mul(x, sigmoid(x)), [-100, 0, 100], [0, 0.5, 1]],
  ['gelu', gelu, [-20, 0, 20], [0, 0.5, 1]],
  ['tanh', tanh, [-100, 0, 100], [0, 1, 0]],
  ['x²', (x) => pow(x, 2), [-1, 0, 1], [-2, 0, 2]],
  ['x¹', (x) => pow(x, 1), [-1, 0, 1], [1, 1, 1]],
  ['maximum(x, 1)', (x) => maximum(x, 1), [0, 1, 2], [0, 1, 1]],
  ['maximum(1, x)', (x) => maximum(1, x), [0, 1, 2], [0, 0, 1]],
  ['minimum(x, 1)', (x) => minimum(x, 1), [0, 1, 2], [1, 1, 0]],
  ['softmax(1000, 0), the first', (x) => one(softmax(x), 0), [1000, 0], [0, 0]],
  ['log(softmax(0, 200)), by logSoftmax', (x) => one(logSoftmax(x), 0), [0, 200], [1, -1]],
  ['sign', sign, [0.3], [0]],
  ['floor', floor, [0.3], [0]],
  ['ceil', ceil, [0.3], [0]],
  ['round', round, [0.3], [0]],
  ['a cast to integers', (x) => cast(cast(x, 'int32'), 'float32'), [0.3], [0]],
  ['log(1 + e^x)', (x) => log1p(exp(x)), [0], [0.5]],
];

const undefinedThere: [string, (x: Tensor) => Tensor, number[], number[]][] = [
  ['sqrt', sqrt, [0, 1], [Infinity, 0.5]],
  ['sqrt, where nothing arrives', (x) => maximum(sqrt(sum(square(x))), 0.001), [0, 0], [0, 0]],
  ['1 / sqrt, where nothing arrives', (x) => minimum(rsqrt(x), 1e6), [0, 1], [0, -0.5]],
  ['1 / x, where nothing arrives', (x) => minimum(reciprocal(x), 1e6), [0, 1], [0, -1]],
  ['x⁰', (x) => pow(x, 0), [-1, 0, 1], [0, NaN, 0]],
  ['the norm of (0, 0)', (x) => euclideanNorm(x), [0, 0], [NaN, NaN]],
  ['log(softmax(0, 200)), the first', (x) => log(one(softmax(x), 0)), [0, 200], [NaN, NaN]],
];

describe('the gradient at special values', () => {
  it.each(rows)('is that of TensorFlow: %s at %j', async (_, f, x, expected) => {
    const dx = await gradient(f, tensor(x));
    for (const [i, value] of expected.entries()) expect(dx[i]).toBeCloseTo(value, 3);
  });

  // a GPU need not know infinity
  it.skipIf(getBackend().startsWith('webg')).each(undefinedThere)(
    'is that of TensorFlow: %s at %j',
    async (_, f, x, expected) => {
      expect(await gradient(f, tensor(x))).toEqual(expected);
    },
  );
});
