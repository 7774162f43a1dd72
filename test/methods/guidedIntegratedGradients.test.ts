import { concat, fill, memory, randomUniform, slice, tensor1d, tensor2d } from '@tensorflow/tfjs-core';
import type { Tensor } from '@tensorflow/tfjs-core';
import { input, layers, model as functional } from '@tensorflow/tfjs-layers';
import type { SymbolicTensor } from '@tensorflow/tfjs-layers';
import { explain, guidedIntegratedGradients, integratedGradients, running, saliency } from 'guided-saliency';
import type { GuidedIntegratedGradientsOptions } from 'guided-saliency';
import { describe, expect, it } from 'vitest';
import { abortedAfter } from '../support/abortedAfter';
import { expectSame } from '../support/expectSame';
import { rejection } from '../support/rejection';
import { rounded } from '../support/rounded';
import { dense, stack } from '../support/tinyLayers';

const random = (rows: number, columns: number, seed: number) =>
  randomUniform([rows, columns], -1, 1, 'float32', seed);
const [lower, upper] = [random(6, 8, 1), random(8, 2, 2)];
const network = async () =>
  stack(
    [6],
    dense((await lower.array()) as number[][]),
    layers.activation({ activation: 'tanh' }),
    dense((await upper.array()) as number[][]),
  );
const batch = random(2, 6, 3);
const start = random(1, 6, 4);

/** As the paper has it, with sorted lists, for one sample. */
async function reference(
  x: number[],
  target: number,
  { steps = 200, fraction = 0.25, maxDistance = 0.02 }: GuidedIntegratedGradientsOptions,
): Promise<number[]> {
  const model = await network();
  const from = [...(await start.data())];
  const at = [...from];
  const map = x.map(() => 0);
  const way = (i: number, share: number) => from[i]! + (x[i]! - from[i]!) * share;
  const left = () => at.reduce((sum, value, i) => sum + Math.abs(value - x[i]!), 0);
  const whole = left();
  for (let k = 1; k <= steps; k++) {
    const g = await saliency(model, tensor2d([at]), { target }).data();
    const before = [...at];
    const [least, most] = [Math.max(0, k / steps - maxDistance), Math.min(1, k / steps + maxDistance)];
    x.forEach((value, i) => {
      if ((at[i]! - from[i]!) / (value - from[i]!) < least) at[i] = way(i, least);
    });
    const wanted = whole * (1 - k / steps);
    const isThere = x.map((_, i) => at[i] === way(i, most));
    while (left() - wanted > 1e-9 && isThere.includes(false)) {
      const sizes = x.map((_, i) => (isThere[i] ? Infinity : Math.abs(g[i]!)));
      const limit = [...sizes].sort((a, b) => a - b)[Math.floor((x.length - 1) * fraction)]!;
      const lot = x.map((_, i) => i).filter((i) => !isThere[i] && sizes[i]! <= limit);
      const reach = lot.reduce((sum, i) => sum + Math.abs(way(i, most) - at[i]!), 0);
      const share = Math.min(1, (left() - wanted) / reach);
      for (const i of lot) {
        at[i]! += (way(i, most) - at[i]!) * share;
        if (share === 1) isThere[i] = true;
      }
      if (share < 1) break;
    }
    x.forEach((_, i) => (map[i]! += (at[i]! - before[i]!) * g[i]!));
  }
  return map;
}

describe('guidedIntegratedGradients', () => {
  it.each<GuidedIntegratedGradientsOptions>([
    { steps: 12 },
    { steps: 10, fraction: 0.5, maxDistance: 0.3 },
    { steps: 7, fraction: 0, maxDistance: 1 },
    { steps: 9, maxDistance: 0.1, batchSize: 1 },
  ])('is the sum over its path, as loops have it, with %j', async (options) => {
    const samples = (await batch.array()) as number[][];
    const rows = [await reference(samples[0]!, 0, options), await reference(samples[1]!, 1, options)];
    const given = { ...options, baseline: start, target: [0, 1] };
    await expectSame(await guidedIntegratedGradients(await network(), batch, given), tensor2d(rows), 1e-4);
  });

  it('is integrated gradients at left ends without a distance', async () => {
    const model = await network();
    const options = { steps: 8, baseline: 0.5, target: 1 };
    const map = await guidedIntegratedGradients(model, batch, { ...options, maxDistance: 0 });
    await expectSame(map, await integratedGradients(model, batch, { ...options, quadrature: 'left' }), 1e-4);
  });

  it('is the input times the weights on a linear model', async () => {
    const model = stack([2], dense([[2], [-3]]));
    const x = tensor2d([
      [1, 2],
      [0, -1],
    ]);
    expect(await rounded(await guidedIntegratedGradients(model, x, { target: 0, steps: 5 }))).toEqual([
      2, -6, 0, 3,
    ]);
  });

  it('sums to the difference of the scores', async () => {
    const options = { baseline: start, steps: 300 };
    const { gap, record } = await explain(guidedIntegratedGradients, await network(), batch, options);
    expect((gap as number[]).length).toBe(2);
    for (const missed of gap as number[]) expect(Math.abs(missed)).toBeLessThan(0.02);
    expect(record).toMatchObject({
      passes: 300,
      gap,
      options: {
        steps: 300,
        fraction: 0.25,
        maxDistance: 0.02,
        baseline: 'a tensor of shape [1, 6]; give it again',
      },
    });
  });

  it('explains each sample of a batch as if it were alone', async () => {
    const options = { baseline: start, steps: 6 };
    const map = await guidedIntegratedGradients(await network(), batch, options);
    const one = await guidedIntegratedGradients(await network(), slice(batch, [1, 0], [1, 6]), options);
    await expectSame(slice(map, [1, 0], [1, 6]), one);
  });

  it.each([NaN, Infinity])(
    'comes to an end where a value is %j, and leaves other samples alone',
    async (value) => {
      const model = await network();
      const mixed = concat([slice(batch, [0, 0], [1, 6]), fill([1, 6], value)]);
      const options = { steps: 4, target: [0, 1] };
      const map = await guidedIntegratedGradients(model, mixed, options);
      const whole = await guidedIntegratedGradients(model, batch, options);
      await expectSame(slice(map, [0, 0], [1, 6]), slice(whole, [0, 0], [1, 6]));
      expect([...(await slice(map, [1, 0]).data())].every(Number.isNaN)).toBe(true);
    },
  );

  it('takes several inputs, whose cells move together', async () => {
    const [a, b] = [input({ shape: [2], name: 'a' }), input({ shape: [4], name: 'b' })];
    const both = layers.concatenate().apply([a, b]) as SymbolicTensor;
    const whole = await network();
    const model = functional({ inputs: [a, b], outputs: whole.apply(both) as SymbolicTensor });
    const parts = (x: Tensor, rows: number) => ({
      b: slice(x, [0, 2], [rows, 4]),
      a: slice(x, [0, 0], [rows, 2]),
    });
    const options = { steps: 6, maxDistance: 0.3 };
    const wanted = await guidedIntegratedGradients(whole, batch, { ...options, baseline: start });
    const map = await guidedIntegratedGradients(model, parts(batch, 2), {
      ...options,
      baseline: parts(start, 1),
    });
    await expectSame(map.a, slice(wanted, [0, 0], [2, 2]));
    await expectSame(map.b, slice(wanted, [0, 2], [2, 4]));
  });

  it('comes along step by step, leaves nothing, and stops when it is told to', async () => {
    const model = await network();
    const before = memory().numTensors;
    const seen: number[] = [];
    for await (const { map, standardError, done, total } of running(guidedIntegratedGradients, model, batch, {
      steps: 3,
    })) {
      seen.push(done, total, (await standardError.data())[0]!);
      map.dispose();
      standardError.dispose();
    }
    expect(seen).toEqual([1, 3, NaN, 2, 3, NaN, 3, 3, NaN]);
    for (const last of [1, 2, 3]) {
      const stopped = abortedAfter(last, (stopping) =>
        explain(guidedIntegratedGradients, model, batch, { steps: 3, ...stopping }),
      );
      expect(await stopped).toBe('Error: enough');
    }
    expect(batch.isDisposed).toBe(false);
    expect(memory().numTensors).toBe(before);
  });

  it.each<[string, GuidedIntegratedGradientsOptions, string]>([
    [
      'no steps',
      { steps: 0 },
      'RangeError: guidedIntegratedGradients: expected steps to be a whole number from 1 on, got 0',
    ],
    [
      'a fraction above 1',
      { fraction: 25 },
      'RangeError: guidedIntegratedGradients: expected fraction to be a number from 0 to 1, got 25',
    ],
    [
      'a distance below 0',
      { maxDistance: -0.1 },
      'RangeError: guidedIntegratedGradients: expected maxDistance to be a number from 0 to 1, got -0.1',
    ],
    [
      'a baseline without end',
      { baseline: Infinity },
      'TypeError: guidedIntegratedGradients: expected baseline to be a number, a tensor or a list of such, got Infinity',
    ],
    [
      'a baseline that does not fit',
      { baseline: tensor1d([1, 2]) },
      'RangeError: guidedIntegratedGradients: expected baseline to have the shape of x, [2, 6], ' +
        'or of one sample, [6], got [2]',
    ],
  ])('refuses %s', async (_name, options, message) => {
    const model = await network();
    const before = memory().numTensors;
    expect(await rejection(() => guidedIntegratedGradients(model, batch, options))).toBe(message);
    expect(memory().numTensors).toBe(before);
  });
});
