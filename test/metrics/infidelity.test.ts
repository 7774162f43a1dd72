import { square, sum, tensor, tensor2d, zeros, type Tensor } from '@tensorflow/tfjs-core';
import { gradCam, guidedBackprop, inputXGradient, saliency } from 'guided-saliency';
import { infidelity } from 'guided-saliency/metrics';
import { describe, expect, it } from 'vitest';
import { readShared } from '../support/files';
import { rejection } from '../support/rejection';
import { stepsOf } from '../support/stepsOf';
import { loadSharedModel, readFloats, readTensor } from '../support/sharedModel';
import { weighedCells } from '../support/smallCams';
import { storedMaps } from '../support/storedMaps';
import { isQuickest } from '../support/thinned';
import { dense, stack } from '../support/tinyLayers';

const wrong = <T>(value: unknown) => value as T;
const squares = (y: Tensor) => square(y);
const linear = () => stack([4], dense([[4], [-3], [2], [1]]));
const x = tensor2d([[1, 2, 3, 4]]);
const perturbations = tensor2d([
  [1, 0, 0, 0],
  [0, 1, 0, 0],
]);

describe('infidelity', () => {
  it('is, by hand, the mean squared error of what the map foretells', async () => {
    // the map x · w says 4 and −6 of the two changes, which do 4 and −3
    const found = await infidelity(inputXGradient, linear(), x, { target: 0, perturbations });
    const [{ infidelity: error, scale, scaled, zero }] = found.samples as [(typeof found.samples)[0]];
    expect([found.metric, found.record.method]).toEqual(['infidelity', 'inputXGradient']);
    expect(found.options).toEqual({
      perturbations: 'a tensor of shape [2, 4]; give it again',
      std: 0.1,
      seed: 0,
    });
    expect(error).toBeCloseTo(9 / 2, 5);
    expect(scale).toBeCloseTo(34 / 52, 5);
    expect(scaled).toBeCloseTo(25 / 2 - 34 ** 2 / 52 / 2, 5);
    expect(zero).toBeCloseTo(25 / 2, 5);
  });

  it('is 0 for the gradient of a linear model, and that of zeros for a map of zeros', async () => {
    const { samples } = await infidelity(saliency, linear(), x, { target: 0 });
    expect(samples[0]!.infidelity).toBeLessThan(1e-9);
    expect(samples[0]!.scale).toBeCloseTo(1, 5);
    const none = await infidelity(inputXGradient, linear(), zeros([1, 4]), { target: 0, perturbations });
    expect(none.samples).toEqual([{ infidelity: 12.5, scale: null, scaled: null, zero: 12.5 }]);
  });

  it('is that of a loop over the changes, for each sample, however many are made at once', async () => {
    const batch = tensor2d([
      [3, 4],
      [1, -2],
    ]);
    const changes = tensor2d([
      [0.5, 0.1],
      [-0.2, 0.4],
      [0.3, -0.3],
    ]);
    const values = [
      [3, 4],
      [1, -2],
    ];
    const wanted = values.map(([a, b]) => {
      const errors = [
        [0.5, 0.1],
        [-0.2, 0.4],
        [0.3, -0.3],
      ].map(([i, j]) => {
        const before = a! ** 2 + b! ** 2;
        const after = (a! - i!) ** 2 + (b! - j!) ** 2;
        return (i! * 2 * a! + j! * 2 * b! - (before - after)) ** 2;
      });
      return errors.reduce((all, error) => all + error, 0) / 3;
    });
    const target = (y: Tensor) => sum(y, 1);
    for (const batchSize of [1, undefined]) {
      const { samples } = await infidelity(saliency, squares, batch, {
        target,
        perturbations: changes,
        ...(batchSize ? { batchSize } : {}),
      });
      samples.forEach(({ infidelity: error }, i) => expect(error).toBeCloseTo(wanted[i]!, 5));
    }
  });

  it('draws by a seed the same on every backend, by the range of each sample', async () => {
    const of = async (options: object, at: Tensor = x) => {
      const { samples } = await infidelity(inputXGradient, linear(), at, { target: 0, ...options });
      return samples.map(({ infidelity: error }) => Number(error!.toFixed(3)));
    };
    expect(await of({ perturbations: 5, seed: 5 })).toEqual(EXPECTED);
    expect(await of({ perturbations: 5, seed: 6 })).not.toEqual(EXPECTED);
    // twice the changes, four times the error; the seed alone does not say how many
    expect((await of({ perturbations: 5, seed: 5, std: 0.2 }))[0]! / EXPECTED[0]!).toBeCloseTo(4, 2);
    const batch = tensor2d([
      [1, 2, 3, 4],
      [2, 3, 4, 5],
    ]);
    const [first] = await of({ perturbations: 5, seed: 5 }, batch);
    expect(first).toBe(EXPECTED[0]);
  });

  it('tells how far it is, stops when asked to, and leaves no tensor', async () => {
    const model = linear();
    const steps = await stepsOf((held) =>
      infidelity(saliency, model, x, { perturbations: 3, batchSize: 2, ...held }),
    );
    expect(steps).toEqual([
      [2, 4],
      [4, 4],
    ]);
  });

  it.each<[string, object]>([
    ['RangeError: infidelity: expected std to be a number above 0, got 0', { std: 0 }],
    [
      'RangeError: infidelity: expected perturbations to be a whole number from 1 on, got 0',
      { perturbations: 0 },
    ],
    [
      'RangeError: infidelity: expected perturbations to have shape [changes, 4], got [1, 3]',
      { perturbations: zeros([1, 3]) },
    ],
    ['RangeError: infidelity: expected seed to be a whole number from 0 on, got 0.5', { seed: 0.5 }],
    ['TypeError: infidelity: no option "perturbation"; did you mean "perturbations"?', { perturbation: 1 }],
  ])('%s', async (message, options) => {
    expect(await rejection(() => infidelity(saliency, linear(), x, wrong(options)))).toBe(message);
  });

  it('refuses a map that does not say something of each value, and one number for several samples', async () => {
    const { model, x: cells } = weighedCells();
    expect(await rejection(() => infidelity(gradCam, model, cells, { layer: 'a' }))).toBe(
      'RangeError: infidelity: expected a map of the shape of x, [1, 2, 2, 1], got [1, 2, 2] of gradCam; ' +
        'it must say something of each value that is changed',
    );
    const target = (y: Tensor) => sum(y);
    expect(await rejection(() => infidelity(saliency, squares, zeros([2, 2]), { target }))).toBe(
      'RangeError: infidelity: expected the target function to give a number for each of the 2 samples, ' +
        'got one for all; let it return one number for each',
    );
  });
});

const stored = (await storedMaps()).filter(({ method }) =>
  /^metric_infidelity_(gradient|guided)$/.test(method),
);

describe.skipIf(stored.length === 0 || !isQuickest())('infidelity: as another library', () => {
  it.each(stored)('$method', async ({ method, file, input, target, params }) => {
    const model = await loadSharedModel('tiny_vgg');
    const photo = await readTensor(`golden/${input}`, [1, 64, 64, 3]);
    const bytes = new Int8Array(
      (await readShared(`golden/${params['perturbations'] as string}`)) as ArrayBuffer,
    );
    const scale = params['scale'] as number;
    const given = tensor(
      Float32Array.from(bytes, (value) => value * scale),
      [16, 64, 64, 3],
    );
    const explain = method.endsWith('guided') ? guidedBackprop : saliency;
    const { samples } = await infidelity(explain, model, photo, { target, perturbations: given });
    const [wanted, scaled] = await readFloats(`golden/${file}`);
    expect(samples[0]!.infidelity! / wanted!).toBeCloseTo(1, 2);
    expect(samples[0]!.scaled! / scaled!).toBeCloseTo(1, 2);
    expect(samples[0]!.scale! / (params['beta'] as number)).toBeCloseTo(1, 2);
    model.dispose();
  });
});

/** What a seed gives, on every backend. */
const EXPECTED: readonly number[] = [5.767];
