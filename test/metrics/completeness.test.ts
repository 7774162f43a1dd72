import { square, sum, tensor, tensor2d, zeros, type Tensor } from '@tensorflow/tfjs-core';
import { layers } from '@tensorflow/tfjs-layers';
import { inputXGradient, integratedGradients, saliency } from 'guided-saliency';
import { completeness } from 'guided-saliency/metrics';
import { deepLift } from 'guided-saliency/relevance';
import { describe, expect, it } from 'vitest';
import { rejection } from '../support/rejection';
import { stepsOf } from '../support/stepsOf';
import { dense, stack } from '../support/tinyLayers';

const wrong = <T>(value: unknown) => value as T;
const linear = () => stack([4], dense([[4], [-3], [2], [1]]));
const x = tensor2d([[1, 2, 3, 4]]);
const squares = (y: Tensor) => square(y);
const total = (y: Tensor) => sum(y, 1);

describe('completeness', () => {
  it('says so where its input is disposed on the way', async () => {
    const given = tensor2d([[1, 2, 3, 4]]);
    const onProgress = () => given.dispose();
    const options = { baseline: [0, 1, 2, 3, 4, 5, 6, 7, 8], onProgress };
    expect(await rejection(() => completeness(saliency, linear(), given, { ...options, batchSize: 1 }))).toBe(
      'Error: completeness: expected x to hold tensors in use, got a disposed one',
    );
  });

  it('is, by hand, the sum of the map less the change of the score', async () => {
    // of Σ x²: the map 2 x sums to 20; the score goes from 0 to 30
    const found = await completeness(saliency, squares, x, { target: total });
    expect(found.samples).toEqual([{ sum: 20, difference: 30, absolute: -10, relative: -1 / 3 }]);
    expect([found.metric, found.options, found.record.method]).toEqual([
      'completeness',
      { baseline: 0 },
      'saliency',
    ]);
    const below = await completeness(saliency, squares, x, { target: total, baseline: 10 });
    expect(below.samples).toEqual([{ sum: 20, difference: -370, absolute: 390, relative: 390 / 370 }]);
  });

  it('is 0 for what adds up: x times the weights of a linear model, integrated gradients, DeepLIFT', async () => {
    const relu = stack(
      [4],
      dense([[1], [-1], [2], [1]], { activation: 'relu' }),
      layers.activation({ activation: 'softplus' }),
    );
    for (const [method, model] of [
      [inputXGradient, linear()],
      [integratedGradients, relu],
      [deepLift, relu],
    ] as const) {
      const { samples } = await completeness(method as typeof saliency, model, x, { target: 0 });
      expect(samples[0]!.relative).toBeCloseTo(0, 4);
    }
  });

  it('gives a method with a baseline the same one, and averages the scores of a list', async () => {
    const baseline = tensor([1, 1, 0, 0]);
    const one = await completeness(integratedGradients, squares, x, { target: total, baseline });
    expect((one.record.options as { baseline: unknown }).baseline).toBe(
      'a tensor of shape [4]; give it again',
    );
    expect(one.samples[0]!.difference).toBeCloseTo(28, 4);
    expect(one.samples[0]!.absolute).toBeCloseTo(0, 3);
    const list = await completeness(integratedGradients, squares, x, {
      target: total,
      baseline: [0, baseline],
    });
    expect(list.samples[0]!.difference).toBeCloseTo(29, 4);
    expect(list.samples[0]!.absolute).toBeCloseTo(0, 3);
  });

  it('holds each sample against its own class, fixed at the input, and the score that is asked for', async () => {
    const two = () =>
      stack(
        [2],
        dense(
          [
            [1, 0],
            [0, 2],
          ],
          { name: 'scores' },
        ),
        layers.softmax(),
      );
    const batch = tensor2d([
      [3, 1],
      [1, 4],
    ]);
    const { samples } = await completeness(inputXGradient, two(), batch, { baseline: 1 });
    // class 0: 3 − 1; class 1: 8 − 2
    expect(samples.map(({ sum: all, difference }) => [all, difference])).toEqual([
      [3, 2],
      [8, 6],
    ]);
    const probable = await completeness(saliency, two(), batch, { score: 'probability' });
    const p = 1 / (1 + Math.exp(-1));
    expect(probable.samples[0]!.difference).toBeCloseTo(p - 0.5, 5);
  });

  it('has no relative number where the score is the same', async () => {
    const { samples } = await completeness(saliency, squares, x, { target: total, baseline: x });
    expect(samples).toEqual([{ sum: 20, difference: 0, absolute: 20, relative: null }]);
  });

  it('tells how far it is, stops when asked to, and leaves no tensor', async () => {
    const model = linear();
    const steps = await stepsOf((held) => completeness(saliency, model, x, { batchSize: 1, ...held }));
    expect(steps).toEqual([
      [1, 2],
      [2, 2],
    ]);
  });

  it.each<[string, object]>([
    [
      'TypeError: completeness: expected baseline to be a number, a tensor or a list of such, got "black"',
      { baseline: 'black' },
    ],
    [
      'RangeError: completeness: expected baseline to have the shape of x, [1, 4], or of one sample, [4], got [3]',
      { baseline: zeros([3]) },
    ],
    ['TypeError: completeness: no option "basline"; did you mean "baseline"?', { basline: 1 }],
    [
      'TypeError: completeness: no option "wrt"; the options are "baseline", "target", "score", "from", ' +
        '"batchSize", "rule", "signal", "onProgress"',
      { wrt: 'a' },
    ],
  ])('%s', async (message, options) => {
    expect(await rejection(() => completeness(saliency, linear(), x, wrong(options)))).toBe(message);
  });
});
