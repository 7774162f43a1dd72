import { memory, tensor2d } from '@tensorflow/tfjs-core';
import { guidedBackprop, integratedGradients, saliency, smoothGrad } from 'guided-saliency';
import { sparseness } from 'guided-saliency/metrics';
import { describe, expect, it } from 'vitest';
import { rejection } from '../support/rejection';
import { loadSharedModel, readFloats, readTensor } from '../support/sharedModel';
import { storedMaps } from '../support/storedMaps';
import { isQuickest } from '../support/thinned';
import { dense, stack } from '../support/tinyLayers';

/** The map of class i is column i. */
const linear = () =>
  stack(
    [4],
    dense([
      [1, 0, -2, 0],
      [2, 0, 2, 0],
      [-3, 5, -2, 0],
      [4, 0, 2, 0],
    ]),
  );
const x = tensor2d([[1, 1, 1, 1]]);
const giniOf = async (target: number) =>
  (await sparseness(saliency, linear(), x, { target })).samples[0]!.gini;

describe('sparseness', () => {
  it('is the Gini index, by hand, and of its limits', async () => {
    expect(await giniOf(0)).toBeCloseTo((-3 * 1 - 1 * 2 + 1 * 3 + 3 * 4) / (4 * 10), 6);
    expect(await giniOf(1)).toBeCloseTo(3 / 4, 6);
    expect(await giniOf(2)).toBeCloseTo(0, 6);
    expect(await giniOf(3)).toBeNull();
  });

  it('is of each sample, and says how the map was made', async () => {
    const two = tensor2d([
      [1, 1, 1, 1],
      [0, 0, 5, 0],
    ]);
    const { samples, record, metric } = await sparseness(saliency, linear(), two);
    expect(samples.map(({ gini }) => Number(gini!.toFixed(5)))).toEqual([0.75, 0.75]);
    expect([metric, record.method, record.options]).toEqual([
      'sparseness',
      'saliency',
      { target: [1, 1], score: 'logit' },
    ]);
  });

  it('leaves no tensor, also where it is stopped, and tells that it is done', async () => {
    const model = linear();
    await sparseness(smoothGrad, model, x, { samples: 2 });
    const before = memory().numTensors;
    const told: number[][] = [];
    await sparseness(smoothGrad, model, x, { samples: 2, onProgress: (...now) => void told.push(now) });
    expect(told).toEqual([[1, 1]]);
    const signal = AbortSignal.abort(new Error('enough'));
    expect(await rejection(() => sparseness(saliency, model, x, { signal }))).toBe('Error: enough');
    const late = new AbortController();
    const stopped = { signal: late.signal, onProgress: late.abort.bind(late, new Error('late')) };
    expect(await rejection(() => sparseness(saliency, model, x, stopped))).toBe('Error: late');
    expect(memory().numTensors).toBe(before);
  });

  it.each<[string, () => Promise<unknown>]>([
    [
      'TypeError: sparseness: no option "taget"; did you mean "target"?',
      () => sparseness(saliency, linear(), x, { taget: 1 } as object),
    ],
    [
      'TypeError: sparseness: expected method to give one map, got a list of tensors; name one place with wrt: [{ layer }] gives a list',
      () =>
        sparseness(saliency, stack([4], dense([[1], [2], [3], [4]], { name: 'a' }), dense([[2]])), x, {
          wrt: [{ layer: 'a' }, { layer: 'a' }],
          target: 0,
        }),
    ],
  ])('%s', async (message, call) => {
    expect(await rejection(call)).toBe(message);
  });
});

const all = await storedMaps();
const stored = all.filter(
  ({ method }) => method === 'metric_sparseness' || method === 'metric_pointing_game',
);

describe.skipIf(stored.length === 0 || !isQuickest())('sparseness: as another library', () => {
  it('has its values', async () => {
    const { file, input, target } = stored.find(({ method }) => method === 'metric_sparseness')!;
    const model = await loadSharedModel('tiny_vgg');
    const photo = await readTensor(`golden/${input}`, [1, 64, 64, 3]);
    const found = [
      await sparseness(saliency, model, photo, { target }),
      await sparseness(guidedBackprop, model, photo, { target }),
      await sparseness(integratedGradients, model, photo, { target, quadrature: 'middle' }),
    ].map(({ samples }) => samples[0]!.gini!);
    const wanted = await readFloats(`golden/${file}`);
    found.forEach((value, i) => expect(value).toBeCloseTo(wanted[i]!, 4));
    model.dispose();
    photo.dispose();
  });
});
