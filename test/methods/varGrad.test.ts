import { add, memory, slice, square, tensor2d } from '@tensorflow/tfjs-core';
import type { Tensor } from '@tensorflow/tfjs-core';
import { layers } from '@tensorflow/tfjs-layers';
import { explain, guidedBackprop, running, saliency, varGrad } from 'guided-saliency';
import type { VarGradOptions } from 'guided-saliency';
import { describe, expect, it } from 'vitest';
import { rejection } from '../support/rejection';
import { rounded } from '../support/rounded';
import { dense, stack } from '../support/tinyLayers';

const network = () =>
  stack(
    [2],
    dense([
      [1, -1, 0.5],
      [0.5, 1, -1],
    ]),
    layers.reLU(),
    dense([[1], [-1], [0.5]]),
    layers.activation({ activation: 'tanh' }),
  );
const batch = tensor2d([
  [0.3, 0.1],
  [0.2, 0.7],
]);
const noise = tensor2d([
  [0.1, 0.5],
  [-0.3, 0.6],
  [0.2, -0.4],
  [0.7, 0.1],
  [-0.5, -0.2],
]);

/** The maps of the noisy copies of all samples, one by one. */
const maps = async () =>
  Promise.all(
    [0, 1, 2, 3, 4].map(async (i) => [
      ...(await saliency(network(), add(batch, slice(noise, [i, 0], [1, 2])), { target: (y) => y }).data()),
    ]),
  );

const mean = (values: readonly number[]) => values.reduce((a, b) => a + b, 0) / values.length;
const variance = (values: readonly number[]) =>
  values.reduce((sum, value) => sum + (value - mean(values)) ** 2, 0) / (values.length - 1);

describe('varGrad', () => {
  it('is the variance of the maps of noisy copies, divided by one less than their number', async () => {
    const x = tensor2d([[1, 2]]);
    const two = tensor2d([
      [0.1, 5],
      [-0.3, 6],
    ]);
    // gradients 2.2 and 1.4: 2 · 0.4²
    const map = await varGrad((one: Tensor) => square(one), x, { noise: two, target: 0 });
    expect(await rounded(map)).toEqual([0.32, 0]);
  });

  it.each([1, 2, 3, 5])(
    'is that of loops, %s passes at once, and has its standard error',
    async (batchSize) => {
      const all = await maps();
      const cells = all[0]!.map((_, cell) => all.map((map) => map[cell]!));
      const options = { noise, target: (y: Tensor) => y, batchSize };
      let last: { map: Tensor; standardError: Tensor } | undefined;
      for await (const estimate of running(varGrad, network(), batch, options)) last = estimate;
      const [found, errors] = [await last!.map.data(), await last!.standardError.data()];
      cells.forEach((values, cell) => {
        const n = values.length;
        const fourth = mean(values.map((value) => (value - mean(values)) ** 4));
        const error = Math.sqrt(Math.max(0, fourth - (variance(values) ** 2 * (n - 3)) / (n - 1)) / n);
        expect(found[cell]).toBeCloseTo(variance(values), 5);
        expect(errors[cell]).toBeCloseTo(error, 4);
      });
    },
  );

  it('is of another method, by a seed, and is made again from its record', async () => {
    const options = { method: guidedBackprop, samples: 6, noise: { std: 0.5 }, seed: 3, target: 0 };
    const { map, record } = await explain(varGrad, network(), batch, options);
    expect(record.options).toEqual({ ...options, method: 'guidedBackprop', target: [0, 0], score: 'logit' });
    const again = await explain(
      varGrad,
      network(),
      batch,
      JSON.parse(JSON.stringify(record.options)) as object,
    );
    expect(await rounded(again.map)).toEqual(await rounded(map));
  });

  it('leaves nothing but its map', async () => {
    const model = network();
    (await varGrad(model, batch, { samples: 3 })).dispose();
    const before = memory().numTensors;
    (await varGrad(model, batch, { samples: 9, batchSize: 2 })).dispose();
    expect(memory().numTensors).toBe(before);
  });

  it.each<[string, VarGradOptions, string]>([
    [
      'a single sample',
      { samples: 1 },
      'RangeError: varGrad: expected samples to be a whole number from 2 on, got 1',
    ],
    [
      'an option of smoothGrad',
      { squared: true } as object,
      'TypeError: varGrad: no option "squared"; the options are "method", "samples", "noise", "seed", ' +
        '"target", "score", "wrt", "from", "batchSize", "rule" and 3 more',
    ],
  ])('refuses %s', async (_name, options, message) => {
    expect(await rejection(() => varGrad(network(), batch, options))).toBe(message);
  });
});
