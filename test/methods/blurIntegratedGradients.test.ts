import { memory, randomUniform, slice, tensor2d, tensor3d, tensor4d, tensor5d } from '@tensorflow/tfjs-core';
import type { Tensor } from '@tensorflow/tfjs-core';
import { input, layers, model as functional } from '@tensorflow/tfjs-layers';
import type { SymbolicTensor } from '@tensorflow/tfjs-layers';
import {
  blurIntegratedGradients,
  explain,
  guided,
  overrideActivations,
  running,
  saliency,
} from 'guided-saliency';
import type { BlurIntegratedGradientsOptions } from 'guided-saliency';
import { describe, expect, it } from 'vitest';
import { bothFormats, graphOf, toFront } from '../support/channelsFirst';
import { expectSame } from '../support/expectSame';
import { rejection } from '../support/rejection';
import { chained, uniform } from '../support/smallCams';
import { convolution, dense, stack } from '../support/tinyLayers';

const ones = (count: number) =>
  Array.from({ length: count }, (_, i) => [((i * 5) % 7) / 7 - 0.4, (i % 3) - 1]);
const network = () =>
  stack(
    [4, 5, 1],
    convolution(
      [
        [1, -1],
        [0.5, 0.7],
      ],
      { activation: 'relu' },
    ),
    layers.flatten(),
    dense(ones(12)),
    layers.activation({ activation: 'tanh' }),
  );
const cells = [3, -1, 0.5, 2, 1, 0, 1, -2, 1, 0.3, 2, 2, -1, 0, 1, 0.4, 1, 3, -0.5, 0.2];
const image = tensor4d(cells, [1, 4, 5, 1]);

/** A row blurred as the definition says, cell by cell. */
function blurRow(row: readonly number[], sigma: number, border: 'reflect' | 'zero'): number[] {
  if (sigma === 0) return [...row];
  const radius = Math.floor(4 * sigma + 0.5);
  const n = row.length;
  const at = (i: number): number => {
    if (i >= 0 && i < n) return row[i]!;
    if (border === 'zero') return 0;
    return at(i < 0 ? -1 - i : 2 * n - 1 - i);
  };
  return row.map((_, i) => {
    let [sum, total] = [0, 0];
    for (let d = -radius; d <= radius; d++) {
      const weight = Math.exp((-0.5 * d * d) / (sigma * sigma));
      sum += weight * at(i + d);
      total += weight;
    }
    return sum / total;
  });
}

function blurImage(sigma: number, border: 'reflect' | 'zero'): number[] {
  const rows = [0, 1, 2, 3].map((r) => blurRow(cells.slice(5 * r, 5 * r + 5), sigma, border));
  const columns = [0, 1, 2, 3, 4].map((c) =>
    blurRow(
      rows.map((row) => row[c]!),
      sigma,
      border,
    ),
  );
  return [0, 1, 2, 3].flatMap((r) => columns.map((column) => column[r]!));
}

async function reference(sigmas: readonly number[], h: number, border: 'reflect' | 'zero'): Promise<Tensor> {
  const total = cells.map(() => 0);
  for (let k = 0; k + 1 < sigmas.length; k++) {
    const [here, later] = [blurImage(sigmas[k]!, border), blurImage(sigmas[k]! + h, border)];
    const g = await saliency(network(), tensor4d(here, [1, 4, 5, 1]), {
      target: (y) => slice(y, [0, 0], [1, 1]),
    }).data();
    total.forEach((_, i) => {
      total[i]! -= ((sigmas[k + 1]! - sigmas[k]!) * g[i]! * (later[i]! - here[i]!)) / h;
    });
  }
  return tensor4d(total, [1, 4, 5, 1]);
}

/** The first number that comes out, of one sample or several. */
const first = (y: Tensor) => slice(y, [0, 0], [y.shape[0], 1]);

describe('blurIntegratedGradients', () => {
  it('takes a rule, as a copy under that rule has it', async () => {
    const [model, options] = [network(), { target: 0, steps: 4, maxSigma: 2 }];
    const map = await blurIntegratedGradients(model, image, { ...options, rule: guided });
    const copy = overrideActivations(model, guided);
    await expectSame(map, await blurIntegratedGradients(copy, image, options));
    await expect(
      expectSame(map, await blurIntegratedGradients(model, image, options), 1e-3),
    ).rejects.toThrow();
  });

  const linear = (steps: number, most: number) =>
    Array.from({ length: steps + 1 }, (_, k) => (k * most) / steps);

  it.each<[BlurIntegratedGradientsOptions, () => Promise<Tensor>]>([
    [{ maxSigma: 2, steps: 6 }, () => reference(linear(6, 2), 0.01, 'reflect')],
    [{ maxSigma: 2, steps: 6, border: 'zero' }, () => reference(linear(6, 2), 0.01, 'zero')],
    [{ maxSigma: 2, steps: 6, h: 0.3, batchSize: 4 }, () => reference(linear(6, 2), 0.3, 'reflect')],
    [{ steps: 3 }, () => reference(linear(3, 50), 0.01, 'reflect')],
    [
      { maxSigma: 4, steps: 5, spacing: 'sqrt' },
      () => reference(linear(5, 4).map(Math.sqrt), 0.01, 'reflect'),
    ],
  ])('is the sum over the path, as loops have it, with %j', async (options, wanted) => {
    const map = await blurIntegratedGradients(network(), image, { ...options, target: first });
    await expectSame(map, await wanted(), 1e-4);
  });

  it('takes 100 steps, if nothing is said', async () => {
    const { record } = await explain(blurIntegratedGradients, network(), image, { target: first });
    expect(record.passes).toBe(100);
    expect(record.options).toMatchObject({
      maxSigma: 50,
      steps: 100,
      h: 0.01,
      spacing: 'linear',
      border: 'reflect',
    });
  });

  it('sums to the difference of the scores, of signals, images and volumes', async () => {
    const options = { maxSigma: 3, steps: 400, target: 0 };
    const cases: [Tensor, Tensor][] = [
      [tensor3d([1, -1, 2, 0.5, 3, 1], [1, 6, 1]), tensor2d(ones(6))],
      [randomUniform([2, 3, 3, 2], -1, 1, 'float32', 3), tensor2d(ones(18))],
      [tensor5d([1, -1, 2, 0, 1, 1, -2, 1], [1, 2, 2, 2, 1]), tensor2d(ones(8))],
    ];
    for (const [x, weights] of cases) {
      const model = stack(
        x.shape.slice(1),
        layers.flatten(),
        dense((await weights.array()) as number[][]),
        layers.activation({ activation: 'tanh' }),
      );
      const { gap, record } = await explain(blurIntegratedGradients, model, x, options);
      expect((gap as number[]).length).toBe(x.shape[0]);
      for (const missed of gap as number[]) expect(Math.abs(missed)).toBeLessThan(0.02);
      expect(record.gap).toEqual(gap);
    }
  });

  it('blurs where the model has its axes of space, with the channels first, too', async () => {
    const { front, back } = bothFormats();
    const batch = randomUniform([2, 4, 5, 2], -1, 1, 'float32', 7);
    const options = { maxSigma: 2, steps: 4, target: 1 };
    const map = await explain(blurIntegratedGradients, front, toFront(batch), options);
    const wanted = await explain(blurIntegratedGradients, back, batch, options);
    await expectSame(map.map, toFront(wanted.map), 1e-4);
    (map.gap as number[]).forEach((gap, i) => expect(gap).toBeCloseTo((wanted.gap as number[])[i]!, 4));
    const graphs = [graphOf('first'), graphOf('last')] as const;
    const ofGraph = await blurIntegratedGradients(graphs[0], toFront(batch), { ...options, target: 0 });
    const likewise = await blurIntegratedGradients(graphs[1], batch, { ...options, target: 0 });
    await expectSame(ofGraph, toFront(likewise), 1e-4);
  });

  it('leaves an input without space as it is, beside one with it', async () => {
    const picture = input({ shape: [4, 5, 1] });
    const table = input({ shape: [3] });
    const joined = layers.concatenate().apply([
      chained(picture, convolution([[1, -1], [0.5, 0.7]], { activation: 'relu' }), layers.flatten()), // prettier-ignore
      table,
    ]) as SymbolicTensor;
    const model = functional({
      inputs: [picture, table],
      outputs: chained(joined, layers.dense({ units: 2, kernelInitializer: uniform(3) })),
    });
    const row = tensor2d([[1, 2, 3]]);
    const options = { maxSigma: 2, steps: 4, target: first };
    const [map, zeros] = (await blurIntegratedGradients(model, [image, row], options)) as [Tensor, Tensor];
    const alone = (at: Tensor) => model.predict([at, row]) as Tensor;
    await expectSame(map, await blurIntegratedGradients(alone, image, options), 1e-4);
    expect([...(await zeros.data())]).toEqual([0, 0, 0]);
  });

  it('explains each sample of a batch as if it were alone, and is made again from its record', async () => {
    const batch = randomUniform([2, 4, 5, 1], -1, 1, 'float32', 5);
    const options = { maxSigma: 2, steps: 5 };
    const { map, record } = await explain(blurIntegratedGradients, network(), batch, options);
    const one = await blurIntegratedGradients(network(), slice(batch, [1, 0, 0, 0], [1, 4, 5, 1]), options);
    await expectSame(slice(map, [1, 0, 0, 0], [1, 4, 5, 1]), one);
    const again = await explain(
      blurIntegratedGradients,
      network(),
      batch,
      JSON.parse(JSON.stringify(record.options)) as object,
    );
    await expectSame(again.map, map, 1e-6);
  });

  it('leaves nothing but its map, also when it is left', async () => {
    const model = network();
    (await blurIntegratedGradients(model, image, { steps: 2 })).dispose();
    const before = memory().numTensors;
    (await blurIntegratedGradients(model, image, { steps: 4 })).dispose();
    for await (const { map, standardError } of running(blurIntegratedGradients, model, image, { steps: 4 })) {
      map.dispose();
      standardError.dispose();
      break;
    }
    expect(memory().numTensors).toBe(before);
  });

  it.each<[string, BlurIntegratedGradientsOptions, string]>([
    [
      'no blur',
      { maxSigma: 0 },
      'RangeError: blurIntegratedGradients: expected maxSigma to be a number above 0, got 0',
    ],
    [
      'a deviation of a share of the width, which blurs nothing',
      { maxSigma: 0.1 },
      'RangeError: blurIntegratedGradients: expected maxSigma to be 0.125 cells or more, as less blurs nothing, got 0.1',
    ],
    [
      'the same under a root',
      { maxSigma: 0.015, spacing: 'sqrt' },
      'RangeError: blurIntegratedGradients: expected maxSigma to be 0.015625 cells or more, as less blurs nothing, got 0.015',
    ],
    [
      'a difference longer than the path',
      { maxSigma: 2, h: 3 },
      'RangeError: blurIntegratedGradients: expected h to be at most 2, where the path ends, got 3',
    ],
    [
      'the same under a root',
      { maxSigma: 4, h: 3, spacing: 'sqrt' },
      'RangeError: blurIntegratedGradients: expected h to be at most 2, where the path ends, got 3',
    ],
    [
      'half a step',
      { steps: 0.5 },
      'RangeError: blurIntegratedGradients: expected steps to be a whole number from 1 on, got 0.5',
    ],
    [
      'no difference',
      { h: -1 },
      'RangeError: blurIntegratedGradients: expected h to be a number above 0, got -1',
    ],
    [
      'an unknown spacing',
      { spacing: 'log' as never },
      'RangeError: blurIntegratedGradients: expected spacing to be one of "linear", "sqrt", got "log"',
    ],
    [
      'an unknown border',
      { border: 'wrap' as never },
      'RangeError: blurIntegratedGradients: expected border to be one of "reflect", "zero", got "wrap"',
    ],
  ])('refuses %s', async (_name, options, message) => {
    expect(await rejection(() => blurIntegratedGradients(network(), image, options))).toBe(message);
  });

  it('refuses what has nothing to be blurred along', async () => {
    const model = stack([2], dense([[1], [2]]));
    expect(await rejection(() => blurIntegratedGradients(model, tensor2d([[1, 2]]), { target: 0 }))).toBe(
      'RangeError: blurIntegratedGradients: expected x to have axes between the batch and the channels ' +
        'to blur along, got [1, 2]; use integratedGradients instead',
    );
  });
});
