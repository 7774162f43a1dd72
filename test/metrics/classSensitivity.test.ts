import { matMul, memory, neg, relu, stack as stackOf, tensor2d, type Tensor } from '@tensorflow/tfjs-core';
import { gradCam, guidedBackprop, inputXGradient, saliency, smoothGrad } from 'guided-saliency';
import { classSensitivity, spearman } from 'guided-saliency/metrics';
import { describe, expect, it } from 'vitest';
import { abortedAfter } from '../support/abortedAfter';
import { rejection } from '../support/rejection';
import { weighedCells } from '../support/smallCams';
import { readFloats, loadSharedModel, readTensor } from '../support/sharedModel';
import { storedMaps } from '../support/storedMaps';
import { dense, stack } from '../support/tinyLayers';
import { isQuickest } from '../support/thinned';

const wrong = <T>(value: unknown) => value as T;

/** Class 1 has half the weights of class 0, class 2 their opposites, class 3 others. */
const weights = [
  [1, 0.5, -1, 3],
  [2, 1, -2, -1],
  [-4, -2, 4, 2],
];
const linear = () => stack([3], dense(weights, { name: 'scores' }));
const x = tensor2d([
  [1, 1, 0],
  [0, 0, 1],
]);

describe('classSensitivity', () => {
  it('is, of a linear model, the similarity of the weights of two classes', async () => {
    const of = async (classes: [number, number]) =>
      (await classSensitivity(saliency, linear(), x, { classes })).samples[0]!.similarities;
    expect((await of([0, 1])).cosine).toBeCloseTo(1, 6);
    expect((await of([0, 2])).cosine).toBeCloseTo(-1, 6);
    expect((await of([0, 2])).spearmanAbsolute).toBeCloseTo(1, 6);
    expect((await of([0, 3])).cosine).toBeCloseTo(-7 / Math.sqrt(21 * 14), 6);
    expect((await of([0, 3])).spearman).toBe(spearman([1, 2, -4], [3, -1, 2]));
  });

  it('takes the two highest classes of each sample, with their scores', async () => {
    const { samples, record } = await classSensitivity(inputXGradient, linear(), x);
    expect(samples.map(({ classes, values }) => [classes, values])).toEqual([
      [
        [0, 3],
        [3, 2],
      ],
      [
        [2, 3],
        [4, 2],
      ],
    ]);
    expect(record.method).toBe('inputXGradient');
    expect(record.options).toEqual({ target: [0, 2], score: 'logit' });
  });

  it.each([
    [saliency, {}],
    [smoothGrad, { samples: 1, noise: 0 }],
  ] as const)(
    'takes classes of one of several outputs, and at one place of it: %o',
    async (method, given) => {
      // the second output has scores at two places: the weights at the last are those of the linear model
      const f = (at: Tensor) => {
        const scores = matMul(at, tensor2d(weights));
        return [at, stackOf([neg(scores), scores], 1)];
      };
      const of = async (options: object) =>
        (await classSensitivity(method, wrong(f), x, { output: 1, at: [1], ...given, ...options }))
          .samples[0]!;
      const wanted = (await classSensitivity(saliency, linear(), x)).samples[0]!;
      const found = await of({});
      expect([found.classes, found.values]).toEqual([wanted.classes, wanted.values]);
      expect(found.similarities.cosine).toBeCloseTo(wanted.similarities.cosine!, 6);
      expect((await of({ classes: [0, 2] })).similarities.cosine).toBeCloseTo(-1, 6);
    },
  );

  it('runs the model once for a method of one pass', async () => {
    let calls = 0;
    const model = (at: Tensor) => {
      calls++;
      return matMul(relu(at), tensor2d(weights));
    };
    await classSensitivity(guidedBackprop, model, x, { classes: [0, 1] });
    expect(calls).toBe(1);
  });

  it('is of Grad-CAM that of its maps, and of methods of many passes', async () => {
    const { model, x: cells } = weighedCells();
    // the map of class 1 is nothing but zeros
    const { samples } = await classSensitivity(gradCam, model, cells, { layer: 'a', classes: [0, 1] });
    expect(samples[0]!.similarities.cosine).toBeNull();
    const signed = await classSensitivity(gradCam, model, cells, {
      layer: 'a',
      classes: [0, 1],
      signed: true,
    });
    // weights 2 and −0.5 over x and 2 x against −1 and −1: x against −3 x
    expect(signed.samples[0]!.similarities.cosine).toBeCloseTo(-1, 6);
    const many = await classSensitivity(smoothGrad, linear(), x, {
      samples: 2,
      seed: 3,
      similarities: ['cosine'],
    });
    expect(many.samples[1]!.classes).toEqual([2, 3]);
    expect(many.samples[1]!.similarities).toEqual({
      cosine: expect.closeTo(7 / Math.sqrt(21 * 14), 5) as number,
    });
  });

  it('tells how far it is, stops when asked to, and leaves no tensor', async () => {
    const model = linear();
    await classSensitivity(saliency, model, x);
    for (const method of [saliency, smoothGrad] as (typeof saliency)[]) {
      const before = memory().numTensors;
      const told: number[][] = [];
      const options = { onProgress: (done: number, total: number) => void told.push([done, total]) };
      await classSensitivity(method, model, x, options);
      expect(told).toEqual([
        [1, 2],
        [2, 2],
      ]);
      expect(memory().numTensors).toBe(before);
      const stopped = abortedAfter(1, (stopping) => classSensitivity(method, model, x, stopping));
      expect(await stopped).toBe('Error: enough');
      expect(memory().numTensors).toBe(before);
    }
  });

  it.each<[string, object]>([
    [
      'RangeError: classSensitivity: expected classes to be two different ones, got 1 twice',
      { classes: [1, 1] },
    ],
    [
      'TypeError: classSensitivity: expected classes to be a list of two classes, got "top2"',
      { classes: 'top2' },
    ],
    [
      'TypeError: classSensitivity: expected each of classes to be a number, got "cat"',
      { classes: [1, 'cat'] },
    ],
    [
      'TypeError: classSensitivity: no option "target"; the options are "classes", "output", "at", "similarities", "score", "wrt", "from", "batchSize", "rule", "signal", "onProgress"',
      { target: 1 },
    ],
    ['RangeError: classSensitivity: expected classes to be classes from 0 to 3, got 4', { classes: [1, 4] }],
    [
      'TypeError: classSensitivity: expected classes to be a list of two classes, got 3',
      { classes: [0, 1, 2] },
    ],
  ])('%s', async (message, options) => {
    expect(await rejection(() => classSensitivity(saliency, linear(), x, wrong(options)))).toBe(message);
  });

  it('refuses a model of one class, which has no two that are highest', async () => {
    const one = stack([2], dense([[1], [2]]));
    expect(await rejection(() => classSensitivity(saliency, one, tensor2d([[1, 2]])))).toBe(
      'RangeError: classSensitivity: expected an output of 2 classes or more, got one of 1',
    );
  });
});

const stored = (await storedMaps()).filter(({ method }) =>
  /^metric_class_sensitivity_(gradient|guided)$/.test(method),
);

describe.skipIf(stored.length === 0 || !isQuickest())('classSensitivity: as scipy and scikit-image', () => {
  it.each(stored)('$method', async ({ method, file, input, target, params }) => {
    const model = await loadSharedModel('tiny_vgg');
    const photo = await readTensor(`golden/${input}`, [1, 64, 64, 3]);
    const { samples } = await classSensitivity(
      method.endsWith('guided') ? guidedBackprop : saliency,
      model,
      photo,
      {
        classes: [target, params['other_target'] as number],
      },
    );
    const wanted = await readFloats(`golden/${file}`);
    const columns = ['spearmanAbsolute', 'spearman', 'pearson', 'ssim', undefined, 'hog', 'cosine'] as const;
    columns.forEach((name, i) => {
      if (name) expect(Math.abs(samples[0]!.similarities[name]! - wanted[i]!), name).toBeLessThan(1e-3);
    });
    model.dispose();
    photo.dispose();
  });
});
