import { mul, tensor, zeros, type Tensor } from '@tensorflow/tfjs-core';
import { layers } from '@tensorflow/tfjs-layers';
import { gradCam, saliency } from 'guided-saliency';
import { deletion, insertion, road } from 'guided-saliency/metrics';
import { describe, expect, it } from 'vitest';
import { rejection } from '../support/rejection';
import { stepsOf } from '../support/stepsOf';
import { weighedCells } from '../support/smallCams';
import { dense, stack } from '../support/tinyLayers';

const wrong = <T>(value: unknown) => value as T;

/** One row of four cells whose scores for class 0 are 4, −3, 2 and 1 times what they hold. */
const row = () => stack([1, 4, 1], layers.flatten(), dense([[4], [-3], [2], [1]]));
const x = tensor([1, 2, 3, 4], [1, 1, 4, 1]);
const options = { target: 0, curve: 'logit', steps: 4, imputationNoise: 0 } as const;
const rounded = (values: readonly number[]) => values.map((value) => Number(value.toFixed(4)));

describe('road', () => {
  it('goes by hand, from either end of the order', async () => {
    const found = await road(saliency, row(), x, options);
    expect(found.cells).toEqual([0, 1, 2, 3]);
    const [{ mostFirst, leastFirst }] = found.samples as [(typeof found.samples)[0]];
    // cells go in the order 4, −3, 2, 1: 1 → 2; then both first → 3; then all but the last → 4
    expect(rounded(mostFirst.curve)).toEqual([8, 4 * 2 - 6 + 6 + 4, 12 - 9 + 6 + 4, 16]);
    // the last → 3; the last two → 2; all but the first → 1
    expect(rounded(leastFirst.curve)).toEqual([8, 4 - 6 + 6 + 3, 4 - 6 + 4 + 2, 4]);
    expect(mostFirst.area).toBeCloseTo((4 + 12 + 13 + 8) / 3, 4);
    expect(leastFirst.area).toBeCloseTo((4 + 7 + 4 + 2) / 3, 4);
    expect([found.metric, found.options, found.record.method]).toEqual([
      'road',
      { steps: 4, curve: 'logit', imputationNoise: 0, seed: 0 },
      'saliency',
    ]);
  });

  it('adds noise by a seed, the same on every backend, by the range of the sample', async () => {
    const of = async (given: object, at: Tensor = x) => {
      const { samples } = await road(saliency, row(), at, { ...options, ...given });
      return samples[0]!.mostFirst.curve[1]! - samples[0]!.mostFirst.curve[0]! - 4;
    };
    const noise = await of({ imputationNoise: 0.01, seed: 5 });
    expect(noise).toBeCloseTo(EXPECTED, 4);
    expect(await of({ imputationNoise: 0.01, seed: 6 })).not.toBeCloseTo(EXPECTED, 4);
    expect((await of({ imputationNoise: 0.1, seed: 5 })) / noise).toBeCloseTo(10, 2);
    // ten times the photo: what is imputed is ten times as much, and so is the noise
    const large = await road(saliency, row(), mul(x, 10), { ...options, imputationNoise: 0.01, seed: 5 });
    const [before, after] = large.samples[0]!.mostFirst.curve;
    expect(after! - before! - 40).toBeCloseTo(10 * EXPECTED, 3);
  });

  it('takes a map of another size, all channels of a cell, and each sample by itself', async () => {
    const { model, x: cells } = weighedCells();
    const batch = tensor([1, 2, 3, 4, 4, 3, 2, 1], [2, 2, 2, 1]);
    const both = await road(gradCam, model, batch, { ...options, layer: 'a' });
    const one = await road(gradCam, model, cells, { ...options, layer: 'a' });
    expect(both.samples).toHaveLength(2);
    both.samples[0]!.mostFirst.curve.forEach((value, i) =>
      expect(value).toBeCloseTo(one.samples[0]!.mostFirst.curve[i]!, 4),
    );
  });

  it('gives each sample of a batch the noise that it would get alone', async () => {
    const noisy = { ...options, imputationNoise: 0.1, steps: 3 };
    const batch = tensor([4, 2, 2, 9, 1, 2, 3, 4], [2, 1, 4, 1]);
    const both = await road(saliency, row(), batch, noisy);
    const one = await road(saliency, row(), x, noisy);
    expect(rounded(both.samples[1]!.mostFirst.curve)).toEqual(rounded(one.samples[0]!.mostFirst.curve));
    expect(rounded(both.samples[1]!.leastFirst.curve)).toEqual(rounded(one.samples[0]!.leastFirst.curve));
  });

  it('is the same however many passes are made at once', async () => {
    const all = await Promise.all(
      [1, 3, undefined].map((batchSize) =>
        road(saliency, row(), x, { ...options, imputationNoise: 0.1, ...(batchSize ? { batchSize } : {}) }),
      ),
    );
    const [first, ...others] = all.map(({ samples }) => rounded(samples[0]!.leastFirst.curve));
    for (const other of others) expect(other).toEqual(first);
  });

  it('tells how far it is, stops when asked to, and leaves no tensor', async () => {
    const model = row();
    const steps = await stepsOf((held) => road(saliency, model, x, { ...options, batchSize: 3, ...held }));
    expect(steps).toEqual([
      [3, 7],
      [6, 7],
      [7, 7],
    ]);
  });

  it.each<[string, object]>([
    ['RangeError: road: expected steps to be a whole number from 2 on, got 1', { steps: 1 }],
    ['RangeError: road: expected curve to be one of "probability", "logit", got "loss"', { curve: 'loss' }],
    [
      'RangeError: road: expected an output behind a softmax or sigmoid for curve "probability", got one that is not; ' +
        'give curve: "logit"',
      { curve: 'probability' },
    ],
    ['RangeError: road: expected imputationNoise to be a number from 0 on, got -1', { imputationNoise: -1 }],
    ['RangeError: road: expected seed to be a whole number from 0 on, got 0.5', { seed: 0.5 }],
    ['TypeError: road: no option "stepps"; did you mean "steps"?', { stepps: 1 }],
  ])('%s', async (message, given) => {
    expect(await rejection(() => road(saliency, row(), x, wrong({ ...options, ...given })))).toBe(message);
  });

  it('refuses what has no neighbours', async () => {
    const flat = stack([4], dense([[4], [-3], [2], [1]]));
    expect(await rejection(() => road(saliency, flat, zeros([1, 4]), options))).toBe(
      'RangeError: road: expected x to be images [batch, height, width, channels], got [1, 4]; ' +
        'for other inputs there is deletion',
    );
  });
});

describe('the fill "noisyLinear" of deletion and insertion', () => {
  it('fills in from what is left, by a seed', async () => {
    const given = { target: 0, curve: 'logit', steps: 4, fill: 'noisyLinear' } as const;
    const out = await deletion(saliency, row(), x, { ...given, seed: 3 });
    expect(out.options).toEqual({ fill: 'noisyLinear', steps: 4, curve: 'logit', seed: 3 });
    const wanted = await road(saliency, row(), x, { ...options, imputationNoise: 0.01, seed: 3 });
    out.samples[0]!.curve.slice(0, 4).forEach((value, i) =>
      expect(value).toBeCloseTo(wanted.samples[0]!.mostFirst.curve[i]!, 4),
    );
    // nothing is left: the mean 2.5, times 4 − 3 + 2 + 1, within the noise
    expect(Math.abs(out.samples[0]!.curve[4]! - 10)).toBeLessThan(1);
    const back = await insertion(saliency, row(), x, given);
    expect(Math.abs(back.samples[0]!.curve[0]! - 10)).toBeLessThan(1);
    expect(back.samples[0]!.curve[4]).toBeCloseTo(8, 4);
    // only the first is left
    expect(Math.abs(back.samples[0]!.curve[1]! - 4)).toBeLessThan(1);
  });

  it('is refused where there are no neighbours', async () => {
    const flat = stack([4], dense([[4], [-3], [2], [1]]));
    expect(await rejection(() => deletion(saliency, flat, zeros([1, 4]), { fill: 'noisyLinear' }))).toBe(
      'RangeError: deletion: expected x to be images [batch, height, width, channels], got [1, 4]; ' +
        'fill with "mean" instead',
    );
  });
});

/** What a seed makes of the score once the first cell is imputed, on every backend: 4 · 0.03 · −3.33. */
const EXPECTED = -0.40017;
