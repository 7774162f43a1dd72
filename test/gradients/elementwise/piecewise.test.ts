import {
  abs,
  acos,
  acosh,
  add,
  all,
  any,
  argMax,
  asin,
  asinh,
  atan,
  atan2,
  atanh,
  cast,
  ceil,
  clipByValue,
  cos,
  cosh,
  elu,
  equal,
  erf,
  exp,
  expm1,
  floor,
  grad,
  greater,
  greaterEqual,
  isFinite,
  isInf,
  isNaN,
  less,
  lessEqual,
  log,
  log1p,
  logicalAnd,
  logicalNot,
  logicalOr,
  logicalXor,
  mod,
  mul,
  neg,
  notEqual,
  oneHot,
  onesLike,
  pow,
  prelu,
  reciprocal,
  round,
  rsqrt,
  selu,
  sigmoid,
  sign,
  sin,
  sinh,
  softmax,
  softplus,
  sqrt,
  square,
  step,
  sum,
  tan,
  tanh,
  tensor,
  tensor1d,
  where,
  zerosLike,
  type Tensor,
} from '@tensorflow/tfjs-core';
import { withInputGradients } from 'guided-saliency';
import { describe, expect, it } from 'vitest';
import { checkGradient, gradient, scattered } from '../../support/kernelGradient';
import { rounded } from '../../support/rounded';

const at = (...values: number[]) => tensor(values);

describe('the gradient at a kink', () => {
  it('is that of TensorFlow for abs, prelu and selu', async () => {
    expect(await gradient(abs, at(-1, 0, 1))).toEqual([-1, 0, 1]);
    expect(await gradient((x) => prelu(x, at(0.2)), at(-1, 0, 1))).toEqual([0.2, 0, 1]);
    expect(await gradient(selu, at(-1, 0, 1))).toEqual([0.64677, 1.0507, 1.0507]);
  });

  it('passes by the slope of each channel of a prelu, and to it', async () => {
    const x = tensor([-2, 3, 4, -5], [2, 2]);
    const dy = tensor([1, 10, 100, 1000], [2, 2]);
    expect(await gradient((t) => prelu(t, at(0.5, -0.25)), x, dy)).toEqual([0.5, 10, 100, -250]);
    expect(await gradient((alpha) => prelu(x, alpha), at(0.5, -0.25), dy)).toEqual([-2, -5000]);
  });
});

describe('the gradient of a selection', () => {
  it('goes to what was selected', async () => {
    const condition = tensor([true, false, true]);
    expect(await gradient((x) => where(condition, x, 5), at(1, 2, 3))).toEqual([1, 0, 1]);
    expect(await gradient((x) => where(condition, 5, x), at(1, 2, 3))).toEqual([0, 1, 0]);
  });

  it('is not disturbed by what was not', async () => {
    const dx = await gradient((x) => where(greater(x, 0), sqrt(x), 0), at(4, -1));
    expect(dx[0]).toBe(0.25);
  });
});

describe('the gradient of what is constant where it is smooth', () => {
  const x = at(0.3, -1.7);
  const asNumber = (bool: Tensor) => cast(bool, 'float32');
  const alone: [string, (x: Tensor) => Tensor][] = [
    ['floor', floor],
    ['ceil', ceil],
    ['round', round],
    ['sign', sign],
    ['step', step],
    ['zerosLike', zerosLike],
    ['onesLike', onesLike],
    ['greater', (t) => asNumber(greater(t, 0))],
    ['greaterEqual', (t) => asNumber(greaterEqual(0, t))],
    ['less', (t) => asNumber(less(t, 0))],
    ['lessEqual', (t) => asNumber(lessEqual(0, t))],
    ['equal', (t) => asNumber(equal(t, t))],
    ['notEqual', (t) => asNumber(notEqual(t, 0.3))],
    ['isNaN', (t) => asNumber(isNaN(t))],
    ['isInf', (t) => asNumber(isInf(t))],
    ['isFinite', (t) => asNumber(isFinite(t))],
    ['argMax', (t) => asNumber(argMax(t))],
    ['oneHot', (t) => asNumber(oneHot(cast(t, 'int32'), 3))],
    ['logicalAnd', (t) => asNumber(logicalAnd(greater(t, 0), less(t, 1)))],
    ['logicalOr', (t) => asNumber(logicalOr(greater(t, 0), less(t, 1)))],
    ['logicalXor', (t) => asNumber(logicalXor(greater(t, 0), less(t, 1)))],
    ['logicalNot', (t) => asNumber(logicalNot(greater(t, 0)))],
    ['any', (t) => asNumber(any(greater(t, 0)))],
    ['all', (t) => asNumber(all(greater(t, 0)))],
    ['a cast to integers', (t) => cast(cast(t, 'int32'), 'float32')],
  ];

  it.each(alone)('is 0 through %s, and leaves other ways open', async (_, f) => {
    expect(await gradient(f, x)).toEqual([0, 0]);
    expect(await gradient((t) => add(sum(f(t)), sum(mul(2, t))), x)).toEqual([2, 2]);
  });

  it('lets a mask of the input pass what it lets pass', async () => {
    expect(await gradient((t) => mul(t, cast(greater(t, 0), 'float32')), x, at(5, 7))).toEqual([5, 0]);
  });
});

describe('the gradient of a smooth function', () => {
  const above = (least: number) => add(scattered([12]), 1 + least);

  it.each([
    ['acos', acos, 0.9],
    ['asin', asin, 0.9],
    ['atan', atan, 1],
    ['atanh', atanh, 0.9],
    ['asinh', asinh, 1],
    ['cos', cos, 1],
    ['cosh', cosh, 1],
    ['erf', erf, 1],
    ['exp', exp, 1],
    ['expm1', expm1, 1],
    ['sigmoid', sigmoid, 1],
    ['sin', sin, 1],
    ['sinh', sinh, 1],
    ['softplus', softplus, 1],
    ['square', square, 1],
    ['tan', tan, 1],
    ['tanh', tanh, 1],
    ['neg', neg, 1],
    ['elu', elu, 1],
    ['softmax', softmax, 1],
  ] as [string, (x: Tensor) => Tensor, number][])('agrees with differences: %s', async (_, f, range) => {
    await checkGradient((x) => f(x), mul(scattered([12]), range), { step: 5e-3 });
  });

  it.each([
    ['acosh', acosh, 1.2],
    ['log', log, 0.3],
    ['log1p', log1p, 0],
    ['reciprocal', reciprocal, 0.3],
    ['rsqrt', rsqrt, 0.3],
    ['sqrt', sqrt, 0.3],
  ] as [string, (x: Tensor) => Tensor, number][])('agrees with differences: %s', async (_, f, least) => {
    await checkGradient((x) => f(x), above(least), { step: 5e-3, tolerance: 1e-2 });
  });

  it.each([
    ['pow', pow, 0.3],
    ['atan2', atan2, 0.3],
    ['mod', (a, b) => mod(a, add(b, 2)), 0.3],
  ] as [string, (a: Tensor, b: Tensor) => Tensor, number][])(
    'agrees with differences: %s',
    async (_, f, least) => {
      const other = add(scattered([3, 1], 2), 1.5);
      const x = add(scattered([3, 4]), 1 + least);
      await checkGradient((t) => f(t, other), x, { step: 5e-3, tolerance: 1e-2 });
      await checkGradient((t) => f(x, t), other, { step: 5e-3, tolerance: 1e-2 });
    },
  );
});

describe('the second derivative of a clip', () => {
  it('is there between its bounds, and nothing beyond', async () => {
    const first = (at: Tensor) => grad((x: Tensor) => sum(square(clipByValue(x, 0, 6))))(at);
    const second = withInputGradients(() => grad((x: Tensor) => sum(first(x)))(tensor1d([-1, 3, 5, 7])));
    expect(await rounded(second)).toEqual([0, 2, 2, 0]);
  });
});
