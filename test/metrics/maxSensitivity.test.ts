import { mul, square, tensor, tensor2d, zeros, type Tensor } from '@tensorflow/tfjs-core';
import { guidedBackprop, inputXGradient, saliency } from 'guided-saliency';
import { maxSensitivity } from 'guided-saliency/metrics';
import { describe, expect, it } from 'vitest';
import { readShared } from '../support/files';
import { rejection } from '../support/rejection';
import { stepsOf } from '../support/stepsOf';
import { loadSharedModel, readFloats, readTensor } from '../support/sharedModel';
import { storedMaps } from '../support/storedMaps';
import { isQuickest } from '../support/thinned';
import { dense, stack } from '../support/tinyLayers';

const wrong = <T>(value: unknown) => value as T;
const squares = (y: Tensor) => square(y);
const x = tensor2d([[3, 4]]);

describe('maxSensitivity', () => {
  it('says so where its input is disposed on the way', async () => {
    const given = tensor2d([[3, 4]]);
    const onProgress = (done: number) => {
      if (done === 2) given.dispose();
    };
    const options = {
      perturbations: tensor2d([
        [1, 0],
        [0, 1],
      ]),
      onProgress,
    };
    expect(await rejection(() => maxSensitivity(saliency, squares, given, options))).toBe(
      'Error: maxSensitivity: expected x to hold tensors in use, got a disposed one',
    );
  });

  it('is, by hand, the largest change of the map over its length', async () => {
    // of x0²: the map of class 0 is (2 x0, 0) = (6, 0)
    const perturbations = tensor2d([
      [0.3, 9],
      [-0.6, 0],
      [0, 1],
    ]);
    const { samples, metric } = await maxSensitivity(saliency, squares, x, { target: 0, perturbations });
    expect(metric).toBe('maxSensitivity');
    expect(samples[0]!.changes.map((value) => Number(value!.toFixed(5)))).toEqual([0.1, 0.2, 0]);
    expect(samples[0]!.max).toBeCloseTo(0.2, 5);
  });

  it('is 0 for a map that is the same everywhere, null for one of zeros', async () => {
    const linear = stack(
      [2],
      dense([
        [1, 0],
        [2, 0],
      ]),
    );
    expect((await maxSensitivity(saliency, linear, x, { target: 0 })).samples[0]!.max).toBe(0);
    expect((await maxSensitivity(saliency, linear, x, { target: 1 })).samples[0]!.max).toBeNull();
  });

  it('draws by a seed the same on every backend, within the radius, for each sample by its range', async () => {
    const of = async (options: object) =>
      (await maxSensitivity(saliency, squares, x, { target: 0, perturbations: 3, ...options })).samples[0]!;
    const given = await of({ seed: 5 });
    expect(given.changes.map((value) => Number(value!.toFixed(5)))).toEqual(EXPECTED);
    expect((await of({ seed: 6 })).changes).not.toEqual(given.changes);
    // range 1, |δ| up to radius · 1, over x0 = 3
    expect(given.max).toBeLessThanOrEqual(0.02 / 3 + 1e-6);
    expect((await of({ seed: 5, radius: 0.2 })).max! / given.max!).toBeCloseTo(10, 1);
    const batch = tensor2d([
      [3, 4],
      [30, 40],
    ]);
    const two = await maxSensitivity(saliency, squares, batch, { target: 0, perturbations: 3, seed: 5 });
    expect(two.samples[0]!.max).toBeCloseTo(given.max!, 5);
    expect(two.samples[1]!.max).toBeCloseTo(given.max!, 5);
  });

  it('fixes the class at the input as it is', async () => {
    const perturbations = tensor2d([[-3, 3]]);
    const found = await maxSensitivity(inputXGradient, (y: Tensor) => mul(y, tensor([2, 1])), x, {
      perturbations,
    });
    // class 0 by 6 to 4, and 0 to 7 behind the change: its map goes from (6, 0) to (0, 0)
    expect(found.samples[0]!.changes).toEqual([1]);
  });

  it('tells how far it is, stops when asked to, and leaves no tensor', async () => {
    const steps = await stepsOf((held) =>
      maxSensitivity(saliency, squares, x, { perturbations: 2, ...held }),
    );
    expect(steps).toEqual([
      [1, 3],
      [2, 3],
      [3, 3],
    ]);
  });

  it.each<[string, object]>([
    ['RangeError: maxSensitivity: expected radius to be a number above 0, got 0', { radius: 0 }],
    [
      'RangeError: maxSensitivity: expected perturbations to be a whole number from 1 on, got 0',
      { perturbations: 0 },
    ],
    [
      'RangeError: maxSensitivity: expected perturbations to have shape [changes, 2], got [1, 3]',
      { perturbations: zeros([1, 3]) },
    ],
    ['RangeError: maxSensitivity: expected seed to be a whole number from 0 on, got 0.5', { seed: 0.5 }],
    ['TypeError: maxSensitivity: no option "radios"; did you mean "radius"?', { radios: 1 }],
  ])('%s', async (message, options) => {
    expect(await rejection(() => maxSensitivity(saliency, squares, x, wrong(options)))).toBe(message);
  });
});

const stored = (await storedMaps()).filter(({ method }) =>
  /^metric_max_sensitivity_(gradient|guided)$/.test(method),
);

describe.skipIf(stored.length === 0 || !isQuickest())('maxSensitivity: as another library', () => {
  it.each(stored)('$method', async ({ method, file, input, target, params }) => {
    const model = await loadSharedModel('tiny_vgg');
    const photo = await readTensor(`golden/${input}`, [1, 64, 64, 3]);
    const bytes = new Int8Array(
      (await readShared(`golden/${params['perturbations'] as string}`)) as ArrayBuffer,
    ).slice(0, 8 * 64 * 64 * 3);
    const scale = params['scale'] as number;
    const perturbations = tensor(
      Float32Array.from(bytes, (value) => value * scale),
      [8, 64, 64, 3],
    );
    const explain = method.endsWith('guided') ? guidedBackprop : saliency;
    const { samples } = await maxSensitivity(explain, model, photo, { target, perturbations });
    const [wanted] = await readFloats(`golden/${file}`);
    expect(samples[0]!.max! / wanted!).toBeCloseTo(1, 2);
    model.dispose();
  });
});

/** What a seed gives, on every backend. */
const EXPECTED: readonly number[] = [0.00032, 0.00232, 0.00138];
