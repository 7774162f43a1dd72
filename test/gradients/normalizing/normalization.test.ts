import {
  add,
  batchNorm,
  localResponseNormalization,
  mean,
  moments,
  mul,
  rsqrt,
  squaredDifference,
  sub,
  sum,
  tensor,
  tensor1d,
  tensor4d,
  tile,
  type Tensor,
  type Tensor1D,
  type Tensor4D,
} from '@tensorflow/tfjs-core';
import { saliency } from 'guided-saliency';
import { describe, expect, it } from 'vitest';
import { eachWay } from '../../support/eachWay';
import { checkGradient, gradient, scattered } from '../../support/kernelGradient';
import { rounded } from '../../support/rounded';
import { constant, input, op, tinyGraph } from '../../support/tinyGraph';

describe('the gradient of batch normalisation', () => {
  const average = tensor1d([1, -1]);
  const variance = tensor1d([4, 0.25]);
  const offset = tensor1d([7, 8]);
  const scale = tensor1d([3, -2]);
  const x = tensor([1, 2, 3, 4], [1, 1, 2, 2]);
  const dy = tensor([1, 10, 100, 1000], [1, 1, 2, 2]);

  it('is the scale of each channel over its deviation', async () => {
    const f = (t: Tensor) => batchNorm(t as Tensor4D, average, variance, offset, scale, 0);
    expect(await gradient(f, x, dy)).toEqual([1.5, -40, 150, -4000]);
  });

  it('does without a scale, an offset, or both', async () => {
    const f = (withOffset?: Tensor1D, withScale?: Tensor1D) => (t: Tensor) =>
      batchNorm(t as Tensor4D, average, variance, withOffset, withScale, 0);
    expect(await gradient(f(offset, undefined), x, dy)).toEqual([0.5, 20, 50, 2000]);
    expect(await gradient(f(undefined, scale), x, dy)).toEqual([1.5, -40, 150, -4000]);
    expect(await gradient(f(undefined, undefined), x, dy)).toEqual([0.5, 20, 50, 2000]);
  });

  it('counts the epsilon', async () => {
    const f = (t: Tensor) => batchNorm(t as Tensor4D, average, variance, offset, scale, 12);
    expect((await gradient(f, x, dy))[0]).toBe(0.75);
  });

  it.each([
    [5, 2],
    [3, 4, 2],
    [2, 3, 4, 2],
  ])('agrees with differences at any rank: %s, %s', async (...shape) => {
    const f = (t: Tensor) => batchNorm(t as Tensor4D, average, variance, offset, scale);
    await checkGradient(f, scattered(shape), { step: 0.5, tolerance: 1e-3 });
  });

  it('counts the epsilon of each, where two have the same statistics', async () => {
    const norm = (x: string, epsilon: number) =>
      op('FusedBatchNormV3', [x, 'one', 'zero', 'zero', 'var'], {
        epsilon: { float: epsilon },
        is_training: false,
        data_format: 'NHWC',
      });
    const model = tinyGraph(
      {
        x: input([null, 1, 1, 1]),
        one: constant([1], [1]),
        zero: constant([0], [1]),
        var: constant([3], [1]),
        a: norm('x', 1),
        r: op('Relu', ['a']),
        y: norm('r', 6),
      },
      ['y'],
    );
    // 1 / √(3 + 1), and of that 1 / √(3 + 6)
    await eachWay(model, async (given) => {
      const map = saliency(given, tensor([5], [1, 1, 1, 1]), { target: (y: Tensor) => sum(y) });
      expect(await rounded(map)).toEqual([0.16667]);
    });
  });

  it('agrees with differences with respect to its parameters', async () => {
    const image = scattered([2, 3, 3, 2]) as Tensor4D;
    await checkGradient((t) => batchNorm(image, t as Tensor1D, variance, offset, scale), average);
    const ofVariance = (t: Tensor) => batchNorm(image, average, t as Tensor1D, offset, scale);
    await checkGradient(ofVariance, variance, { step: 2e-3 });
    await checkGradient((t) => batchNorm(image, average, variance, t as Tensor1D, scale), offset);
    await checkGradient((t) => batchNorm(image, average, variance, offset, t as Tensor1D), scale);
  });
});

describe('the gradient of layer normalisation', () => {
  it('agrees with differences as the layer computes it: statistics of the input, repeated to its shape', async () => {
    const gamma = tile(tensor4d([3, -2, 1, 0.5], [1, 1, 1, 4]), [2, 3, 2, 1]);
    await checkGradient(
      (x) => {
        const { mean: average, variance } = moments(x, -1, true);
        const all = (t: Tensor) => tile(t, [1, 1, 1, 4]) as Tensor4D;
        return batchNorm(x as Tensor4D, all(average), all(variance), gamma, gamma, 0.1);
      },
      scattered([2, 3, 2, 4]),
      { step: 5e-3 },
    );
  });

  it('agrees with differences as exported graphs compute it', async () => {
    await checkGradient(
      (x) => {
        const average = mean(x, -1, true);
        const variance = mean(squaredDifference(x, average), -1, true);
        return mul(sub(x, average), rsqrt(add(variance, 0.1)));
      },
      scattered([2, 3, 4]),
      { step: 5e-3 },
    );
  });
});

describe('the gradient of a softmax', () => {
  // p = [1/4, 3/4], of which the score is 1 and 2 times each, or of its logarithm
  it.each([
    ['Softmax', [-0.1875, 0.1875]], // p (w − Σ p w)
    ['LogSoftmax', [0.25, -0.25]], // w − p Σ w
  ])('is by hand, at each call of a graph: %s', async (kernel, expected) => {
    const nodes = { x: input([null, 2]), w: constant([1, 2], [2, 1]), p: op(kernel, ['x']) };
    const model = tinyGraph({ ...nodes, y: op('MatMul', ['p', 'w']) }, ['y']);
    await eachWay(model, async (given) => {
      expect(await rounded(saliency(given, tensor([0, Math.log(3)], [1, 2])))).toEqual(expected);
    });
  });

  // 1 - p is 4.3e-8, which a single precision p beside 1 cannot show; by TensorFlow in doubles
  it('is right where a probability is 1 in single precision', async () => {
    const nodes = { x: input([null, 3]), p: op('Softmax', ['x']) };
    await eachWay(tinyGraph(nodes, ['p']), async (given) => {
      const found = await saliency(given, tensor([0, 20, 3], [1, 3]), {
        target: 1,
        score: 'probability',
      }).data();
      const expected = [-2.06115344e-9, 4.34605272e-8, -4.13993736e-8];
      found.forEach((value, i) => expect(value / expected[i]!).toBeCloseTo(1, 4));
    });
  });
});

describe('the gradient of a sigmoid', () => {
  // 1 - p is 2.1e-9 at the first, which a single precision p beside 1 cannot show; by PyTorch in doubles
  it('is right where a probability is 1 in single precision', async () => {
    const nodes = { x: input([null, 3]), p: op('Sigmoid', ['x']) };
    await eachWay(tinyGraph(nodes, ['p']), async (given) => {
      const all = (probabilities: Tensor) => sum(probabilities, 1);
      const found = await saliency(given, tensor([20, 15, -20], [1, 3]), { target: all }).data();
      const expected = [2.06115361e-9, 3.05902133e-7, 2.06115361e-9];
      found.forEach((value, i) => expect(value / expected[i]!).toBeCloseTo(1, 4));
    });
  });
});

describe('the gradient of local response normalisation', () => {
  it.each([
    [1, 1, 1, 0.5],
    [2, 1, 0.5, 0.75],
  ])('agrees with differences: radius %s, bias %s, alpha %s, beta %s', async (radius, bias, alpha, beta) => {
    const x = scattered([1, 3, 3, 5]);
    await checkGradient((t) => localResponseNormalization(t as Tensor4D, radius, bias, alpha, beta), x);
  });
});
