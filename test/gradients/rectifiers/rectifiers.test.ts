import {
  elu,
  leakyRelu,
  mul,
  prelu,
  relu,
  relu6,
  selu,
  sum,
  tensor1d,
  type Tensor,
} from '@tensorflow/tfjs-core';
import { deconv, guided, saliency, type GradientRule } from 'guided-saliency';
import { describe, expect, it } from 'vitest';
import { gradient, gradientOf } from '../../support/kernelGradient';
import { rounded } from '../../support/rounded';

const dy = [1, -2, 3, 4, 5];

/** f, x, then what leaves where `dy` arrives: plain, guided, deconv. */
type Row = [string, (x: Tensor) => Tensor, number[], number[], number[], number[]];

const half = -Math.LN2; // exp(x) = 1/2
const slopes = tensor1d([0.5, 0.5, -0.5, 0.5, 0]);

describe('what goes back through', () => {
  it.each<Row>([
    ['relu: nothing at 0', relu, [-1, 2, 0, 3, -0], [0, -2, 0, 4, 0], [0, 0, 0, 4, 0], [1, 0, 3, 4, 5]],
    [
      'relu6: nothing at 0, and nothing at 6',
      relu6,
      [-1, 2, 6, 3, 7],
      [0, -2, 0, 4, 0],
      [0, 0, 0, 4, 0],
      [1, 0, 3, 4, 5],
    ],
    [
      'leakyRelu: the slope at 0',
      (x) => leakyRelu(x, 0.5),
      [-1, 2, 0, 3, -4],
      [0.5, -2, 1.5, 4, 2.5],
      [0.5, 0, 1.5, 4, 2.5],
      [1, 0, 3, 4, 5],
    ],
    [
      'leakyRelu with a negative slope',
      (x) => leakyRelu(x, -0.5),
      [-1, 2, -2, 3, -4],
      [-0.5, -2, -1.5, 4, -2.5],
      [-0.5, 0, -1.5, 4, -2.5],
      [1, 0, 3, 4, 5],
    ],
    [
      'prelu: each its slope',
      (x) => prelu(x, slopes),
      [-1, 2, -2, 3, -4],
      [0.5, -2, -1.5, 4, 0],
      [0.5, 0, -1.5, 4, 0],
      [1, 0, 3, 4, 5],
    ],
    [
      'elu: exp(x) below 0',
      elu,
      [half, half, 2, 3, half],
      [0.5, -1, 3, 4, 2.5],
      [0.5, 0, 3, 4, 2.5],
      [1, 0, 3, 4, 5],
    ],
    [
      'selu',
      selu,
      [half, half, 2, 3, 1],
      [0.87905, -1.7581, 3.1521, 4.2028, 5.2535],
      [0.87905, 0, 3.1521, 4.2028, 5.2535],
      [1, 0, 3, 4, 5],
    ],
  ])('%s', async (_, f, at, plain, byGuided, byDeconv) => {
    const x = tensor1d(at);
    expect(await gradient(f, x, tensor1d(dy))).toEqual(plain);
    const weighted = { target: (y: Tensor) => sum(mul(y, tensor1d(dy))) };
    // our own rules take a short cut; the same rules as a user would write them do not
    const longWay =
      (rule: GradientRule): GradientRule =>
      (at2) =>
        rule(at2);
    for (const [rule, expected] of [
      [guided, byGuided],
      [deconv, byDeconv],
    ] as const) {
      expect(await rounded(saliency((y: Tensor) => f(y), x, { ...weighted, rule }))).toEqual(expected);
      expect(await rounded(saliency((y: Tensor) => f(y), x, { ...weighted, rule: longWay(rule) }))).toEqual(
        expected,
      );
    }
  });

  it.each<[string, (x: Tensor) => Tensor]>([
    ['relu', relu],
    ['relu6', relu6],
    ['leakyRelu', leakyRelu],
    ['elu', elu],
  ])(
    '%s: a NaN that arrives, where the unit is open, and nothing of it where it is closed',
    async (name, f) => {
      const dx = await rounded(gradientOf(f, tensor1d([2, -2, 3]), tensor1d([NaN, NaN, 1])));
      const closed = name.startsWith('relu') ? 0 : NaN;
      expect(dx).toEqual([NaN, closed, 1]);
    },
  );
});
