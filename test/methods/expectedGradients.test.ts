import { memory, mul, slice, square, tensor1d, tensor2d } from '@tensorflow/tfjs-core';
import type { Tensor } from '@tensorflow/tfjs-core';
import { input, layers, model as functional } from '@tensorflow/tfjs-layers';
import type { SymbolicTensor } from '@tensorflow/tfjs-layers';
import { expectedGradients, explain, integratedGradients, prepare, saliency } from 'guided-saliency';
import type { ExpectedGradientsOptions } from 'guided-saliency';
import { describe, expect, it } from 'vitest';
import { randomNumbers } from '../../src/explanations/noise/randomNumbers';
import { expectSame } from '../support/expectSame';
import { rejection } from '../support/rejection';
import { rounded } from '../support/rounded';
import { dense, stack } from '../support/tinyLayers';

const squares = (x: Tensor) => square(x);
const network = () =>
  stack(
    [2],
    dense([
      [1, -1, 0.5],
      [0.5, 1, -1],
    ]),
    layers.reLU(),
    dense([
      [1, 0.5],
      [-1, 2],
      [0.5, 1],
    ]),
  );
const batch = tensor2d([
  [0.9, -0.4],
  [-0.2, 0.7],
]);
const baselines = tensor2d([
  [-1, 0.5],
  [0.3, 1],
  [0.6, -0.8],
]);

/** One by one, in loops. */
async function reference(
  draws: { baseline: number[]; alpha: number[] },
  target: number[],
): Promise<number[]> {
  const starts = await baselines.array();
  const samples = await batch.array();
  const maps = samples.map(async (x, b) => {
    const total = [0, 0];
    for (const [k, alpha] of draws.alpha.entries()) {
      const from = starts[draws.baseline[k]!]!;
      const at = x.map((value, i) => from[i]! + alpha * (value - from[i]!));
      const g = await saliency(network(), tensor2d([at]), { target: target[b]! }).data();
      x.forEach((value, i) => (total[i]! += ((value - from[i]!) * g[i]!) / draws.alpha.length));
    }
    return total;
  });
  return (await Promise.all(maps)).flat();
}

describe('expectedGradients', () => {
  it('is the mean over draws, each the way from a baseline times the gradient on it', async () => {
    const given = {
      baselines: tensor2d([
        [1, 0],
        [0, 0],
      ]),
      draws: { baseline: [0, 1], alpha: [0.5, 1] },
      target: 0,
    };
    // 1 · 2 · 1.5 and 2 · 2 · 2
    expect(await rounded(await expectedGradients(squares, tensor2d([[2, 9]]), given))).toEqual([5.5, 0]);
    const listed = { ...given, baselines: [tensor1d([1, 0]), 0] };
    expect(await rounded(await expectedGradients(squares, tensor2d([[2, 9]]), listed))).toEqual([5.5, 0]);
  });

  it('takes a list of baselines for a list of inputs, each for all of them', async () => {
    const product = (given: Tensor[]) => mul(given[0]!, given[1]!);
    const inputs = [tensor2d([[2]]), tensor2d([[9]])];
    const draws = { baseline: [0, 1], alpha: [0.5, 1] };
    // from (1, 5) half the way to (1.5, 7), and from (0, 0) all of it
    for (const baselines of [
      [[tensor1d([1]), tensor1d([5])], 0],
      [{ 0: tensor1d([1]), 1: tensor1d([5]) }, 0],
    ]) {
      const [first, second] = await expectedGradients(product, inputs, { baselines, draws, target: 0 });
      expect(await rounded(first!)).toEqual([(7 + 2 * 9) / 2]);
      expect(await rounded(second!)).toEqual([(4 * 1.5 + 9 * 2) / 2]);
    }
  });

  it.each([1, 3, 50])('is that of loops, of the draws of a seed, %s passes at once', async (batchSize) => {
    const random = randomNumbers(9);
    const pairs = Array.from(
      { length: 12 },
      () => [Math.floor(random.uniform() * 3), random.uniform()] as const,
    );
    const draws = { baseline: pairs.map(([start]) => start), alpha: pairs.map(([, alpha]) => alpha) };
    const wanted = tensor2d(await reference(draws, [0, 1]), [2, 2]);
    const options = { baselines, target: [0, 1], batchSize };
    await expectSame(await expectedGradients(network(), batch, { ...options, samples: 12, seed: 9 }), wanted);
    await expectSame(await expectedGradients(network(), batch, { ...options, draws }), wanted);
  });

  it('draws 200 with the seed 0, if nothing is said, and is made again from its record', async () => {
    const { map, record } = await explain(expectedGradients, network(), batch, { baselines });
    expect(record.options).toMatchObject({
      samples: 200,
      seed: 0,
      baselines: 'a tensor of shape [3, 2]; give it again',
    });
    expect(record.passes).toBe(200);
    const text = JSON.parse(JSON.stringify(record.options)) as ExpectedGradientsOptions;
    const again = await explain(expectedGradients, network(), batch, { ...text, baselines });
    await expectSame(again.map, map, 1e-6);
  });

  it('nears integrated gradients, averaged over the baselines', async () => {
    const target = [0, 1];
    const list = [0, 1, 2].map((i) => slice(baselines, [i, 0], [1, 2]));
    const whole = await integratedGradients(network(), batch, {
      target,
      baseline: list,
      quadrature: 'middle',
    });
    const map = await expectedGradients(network(), batch, {
      target,
      baselines,
      samples: 4000,
      batchSize: 1000,
    });
    await expectSame(map, whole, 0.1);
  });

  it('is the same for every kind of model, and leaves nothing', async () => {
    const layered = network();
    const options = { baselines, samples: 8, target: [0, 1] };
    const map = await expectedGradients(layered, batch, options);
    const prepared = prepare(layered);
    for (const model of [prepared, (x: Tensor) => layered.predict(x) as Tensor]) {
      await expectSame(await expectedGradients(model, batch, options), map);
    }
    prepared.dispose();
    const before = memory().numTensors;
    (await expectedGradients(layered, batch, options)).dispose();
    expect(memory().numTensors).toBe(before);
  });

  it('takes several inputs, with the draws of all together', async () => {
    const [a, b] = [input({ shape: [1], name: 'a' }), input({ shape: [1], name: 'b' })];
    const model = functional({ inputs: [a, b], outputs: layers.multiply().apply([a, b]) as SymbolicTensor });
    const x = { a: tensor2d([[2]]), b: tensor2d([[3]]) };
    const set = { a: tensor2d([[0], [1]]), b: tensor2d([[0], [1]]) };
    const draws = { baseline: [0, 1], alpha: [0.5, 0] };
    // at (1, 1.5): 2 · 1.5 and 3 · 1; at (1, 1): 1 · 1 and 2 · 1
    const map = await expectedGradients(model, x, { baselines: set, draws, target: 0 });
    expect(await rounded(map.a)).toEqual([2]);
    expect(await rounded(map.b)).toEqual([2.5]);
  });

  it.each<[string, object, string]>([
    [
      'no baselines',
      {},
      'TypeError: expectedGradients: expected baselines to be a tensor [baselines, 2], for each tensor of x, got undefined',
    ],
    [
      'baselines of another shape',
      { baselines: tensor1d([1, 2]) },
      'RangeError: expectedGradients: expected baselines to be a tensor [baselines, 2], got [2]',
    ],
    [
      'baselines that were not awaited',
      { baselines: Promise.resolve(batch) },
      'TypeError: expectedGradients: expected baselines to be a tensor [baselines, 2], got a promise; await it first',
    ],
    [
      'draws that are none',
      { baselines, draws: { baseline: [1] } },
      'RangeError: expectedGradients: expected draws to be { baseline, alpha }, ' +
        'lists of a number for each of 200 samples, got one of 1',
    ],
    [
      'too few draws',
      { baselines, samples: 3, draws: { baseline: [1, 1, 1], alpha: [0, 1] } },
      'RangeError: expectedGradients: expected draws to be { baseline, alpha }, ' +
        'lists of a number for each of 3 samples, got one of 2',
    ],
    [
      'a draw of no baseline',
      { baselines, draws: { baseline: [3], alpha: [0] } },
      'RangeError: expectedGradients: expected the baseline of draws to be a number from 0 to 2, got 3',
    ],
    [
      'a draw beyond the input',
      { baselines, draws: { baseline: [0], alpha: [1.5] } },
      'RangeError: expectedGradients: expected the alpha of draws to be from 0 to 1, got 1.5',
    ],
    [
      'a layer in the place of the input',
      { baselines, wrt: 'h' },
      'TypeError: expectedGradients: no option "wrt"; the options are "target", "score", "from", "batchSize", ' +
        '"rule", "baselines", "samples", "seed", "draws", "signal" and 2 more',
    ],
  ])('refuses %s', async (_name, options, message) => {
    const model = network();
    const before = memory().numTensors;
    expect(await rejection(() => expectedGradients(model, batch, options as ExpectedGradientsOptions))).toBe(
      message,
    );
    expect(memory().numTensors).toBe(before);
  });
});
