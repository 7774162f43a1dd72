import {
  matMul,
  mean as meanOf,
  mul,
  randomUniform,
  reshape,
  slice,
  sqrt,
  stack as stackOf,
  sum,
  tensor,
  tensor2d,
  zeros,
  type Tensor,
} from '@tensorflow/tfjs-core';
import { input, layers, model as functional } from '@tensorflow/tfjs-layers';
import type { SymbolicTensor } from '@tensorflow/tfjs-layers';
import { gradCam, guidedBackprop, inputXGradient, saliency } from 'guided-saliency';
import { deletion, insertion, type CurveOptions } from 'guided-saliency/metrics';
import { describe, expect, it } from 'vitest';
import { bothFormats, toFront } from '../support/channelsFirst';
import { readShared } from '../support/files';
import { rejection } from '../support/rejection';
import { stepsOf } from '../support/stepsOf';
import { loadSharedModel, readFloats, readTensor } from '../support/sharedModel';
import { weighedCells } from '../support/smallCams';
import { storedMaps } from '../support/storedMaps';
import { isQuickest } from '../support/thinned';
import { dense, stack } from '../support/tinyLayers';

const wrong = <T>(value: unknown) => value as T;

/** Class 0 has the weights 4, −3, 2, 1, whose magnitudes are in falling order. */
const weights = [
  [4, 0],
  [-3, 1],
  [2, 5],
  [1, 0],
];
const linear = () => stack([4], dense(weights));
const x = tensor2d([[1, 2, 3, 4]]);
const options = { target: 0, fill: 0, steps: 4, curve: 'logit' } as const;

describe('deletion and insertion', () => {
  it('go by hand, in the order of the map', async () => {
    const out = await deletion(saliency, linear(), x, options);
    expect(out.cells).toEqual([0, 1, 2, 3, 4]);
    expect(out.samples).toEqual([{ curve: [8, 4, 10, 4, 0], area: 5.5 }]);
    const back = await insertion(saliency, linear(), x, options);
    expect(back.samples).toEqual([{ curve: [0, 4, -2, 4, 8], area: 2.5 }]);
    expect([back.metric, back.options, back.record.method]).toEqual([
      'insertion',
      { fill: 0, steps: 4, curve: 'logit' },
      'saliency',
    ]);
  });

  it('take a cell whose number is NaN as the least, and all others in their order', async () => {
    // half the root of each, and 0 times an infinity
    const roots = (y: Tensor) => stackOf([sum(sqrt(y), 1), sum(y, 1)], 1);
    const values = [1, 0, 4, 16, 0, 9, 0, 25];
    const given = { target: 0, score: 'logit', curve: 'logit', fill: 0, steps: 8 } as const;
    const { samples } = await deletion(inputXGradient, roots, tensor2d([values]), given);
    expect(samples[0]!.curve).toEqual([15, 10, 6, 3, 1, 0, 0, 0, 0]);
    const back = await insertion(inputXGradient, roots, tensor2d([values]), given);
    expect(back.samples[0]!.curve).toEqual([0, 5, 9, 12, 14, 15, 15, 15, 15]);
  });

  it('take the class of each sample, fixed at the sample itself, and its own order', async () => {
    const batch = tensor2d([
      [1, 2, 3, 4],
      [9, 0, 0, 1],
    ]);
    const { samples } = await deletion(saliency, linear(), batch, {
      ...options,
      target: undefined,
    } as object);
    // class 1: 2 + 15, the cells 2, 1, then the others as they come; class 0: 36 + 1
    expect(samples.map(({ curve }) => curve)).toEqual([
      [17, 2, 0, 0, 0],
      [37, 1, 1, 1, 0],
    ]);
  });

  it('are the same however many passes are made at once', async () => {
    const all = [1, 2, 3, 5, undefined].map((batchSize) =>
      deletion(saliency, linear(), x, { ...options, ...(batchSize ? { batchSize } : {}) }),
    );
    for (const { samples } of await Promise.all(all)) expect(samples[0]!.curve).toEqual([8, 4, 10, 4, 0]);
  });

  it('fill with a number, a tensor, the mean or a blur', async () => {
    const last = async (fill: CurveOptions['fill']) => {
      const found = await deletion(saliency, linear(), x, {
        ...options,
        ...(fill === undefined ? {} : { fill }),
      });
      return found.samples[0]!.curve[4];
    };
    expect(await last(2)).toBe(8); // 2 · (4 − 3 + 2 + 1)
    expect(await last(tensor([1, 0, 0, 1]))).toBe(5);
    expect(await last(tensor2d([[1, 0, 0, 1]]))).toBe(5);
    expect(await last('mean')).toBeCloseTo(10, 5); // 2.5 · 4
    const { model, x: cells } = weighedCells();
    const blurred = await insertion(saliency, model, cells, {
      target: 1,
      curve: 'logit',
      steps: 1,
      fill: 'blur',
    });
    const score = (values: number[]) => -3 * values.reduce((a, b) => a + b, 0);
    expect(blurred.samples[0]!.curve[1]).toBeCloseTo(score([1, 2, 3, 4]), 4);
    // a blur keeps the sum of a mirrored picture
    expect(blurred.samples[0]!.curve[0]).toBeCloseTo(score([1, 2, 3, 4]), 4);
    const defaults = [
      await deletion(saliency, model, cells, { curve: 'logit' }),
      await insertion(saliency, model, cells, { curve: 'logit' }),
    ];
    expect(
      defaults.map((found) => [found.options['fill'], found.options['steps'], found.cells.length]),
    ).toEqual([
      ['mean', 32, 33],
      ['blur', 32, 33],
    ]);
  });

  it('begin and end at the score of the input and of what is filled in, as a probability', async () => {
    const model = stack([4], dense(weights), layers.softmax());
    const small = mul(x, 0.1);
    const fill = tensor2d([[0.5, 0, 0.2, 0]]);
    const of = async (at: Tensor) => [...(await (model.predict(at) as Tensor).data())][1]!;
    const [whole, empty] = [await of(small), await of(fill)];
    const found = await deletion(saliency, model, small, { fill, target: 1, steps: 2 });
    const back = await insertion(saliency, model, small, { fill, target: 1, steps: 2 });
    expect(found.samples[0]!.curve[0]).toBeCloseTo(whole, 5);
    expect(found.samples[0]!.curve[2]).toBeCloseTo(empty, 5);
    expect(back.samples[0]!.curve[0]).toBeCloseTo(empty, 5);
    expect(back.samples[0]!.curve[2]).toBeCloseTo(whole, 5);
  });

  it('resize a map to the image, and take all channels of a cell together', async () => {
    const { model, x: cells } = weighedCells();
    const cam = await deletion(gradCam, model, cells, { ...options, layer: 'a' });
    expect(cam.samples[0]!.curve).toHaveLength(5);
    // gradients 1 and 10 of the first cell, 2 and 2 of the second: the first goes first
    const two = (at: Tensor) => matMul(reshape(at, [-1, 4]), tensor2d([[1], [10], [2], [2]]));
    const colours = tensor([1, 1, 1, 1], [1, 2, 1, 2]);
    const { samples } = await deletion(saliency, two, colours, { ...options, steps: 2 });
    expect(samples[0]!.curve).toEqual([15, 4, 0]);
  });

  it.each([
    ['insertion', insertion],
    ['deletion', deletion],
  ] as const)('%s tells how far it is, stops when asked to, and leaves no tensor', async (_name, metric) => {
    const model = linear();
    const steps = await stepsOf((held) => metric(saliency, model, x, { ...options, batchSize: 2, ...held }));
    expect(steps).toEqual([
      [2, 5],
      [4, 5],
      [5, 5],
    ]);
  });

  it.each<[string, object]>([
    [
      'TypeError: deletion: expected fill to be "mean", "blur", "noisyLinear", a number or a tensor, got "black"',
      { fill: 'black' },
    ],
    [
      'RangeError: deletion: expected fill to have the shape of x, [1, 4], or of one sample, [4], got [3]',
      { fill: zeros([3]) },
    ],
    [
      'RangeError: deletion: expected x to have axes between the batch and the channels to blur along, got [1, 4]; fill with "mean" instead',
      { fill: 'blur' },
    ],
    ['RangeError: deletion: expected steps to be a whole number from 1 on, got 0', { steps: 0 }],
    [
      'RangeError: deletion: expected curve to be one of "probability", "logit", got "loss"',
      { curve: 'loss' },
    ],
    ['TypeError: deletion: no option "stepps"; did you mean "steps"?', { stepps: 1 }],
  ])('%s', async (message, given) => {
    expect(await rejection(() => deletion(saliency, linear(), x, wrong({ ...options, ...given })))).toBe(
      message,
    );
  });
});

const all = await storedMaps();
const stored = all.filter(({ method }) => /^metric_insertion_deletion_(gradient|guided)$/.test(method));

describe('of a model that makes no probabilities', () => {
  it('the error names the option that asks for the score instead, and that works', async () => {
    const { curve, ...rest } = options;
    for (const metric of [insertion, deletion]) {
      expect(await rejection(() => metric(saliency, linear(), x, { ...rest, score: 'logit' }))).toBe(
        `RangeError: ${metric.name}: expected an output behind a softmax or sigmoid for curve "probability", got one ` +
          'that is not; give curve: "logit"',
      );
      expect((await metric(saliency, linear(), x, { ...rest, curve })).samples).toHaveLength(1);
    }
  });
});

describe.skipIf(stored.length === 0 || !isQuickest())('deletion and insertion: as another library', () => {
  it.each(stored)('$method', async ({ method, file, input, target, params }) => {
    const model = await loadSharedModel('tiny_vgg');
    const photo = await readTensor(`golden/${input}`, [1, 64, 64, 3]);
    const fills = params['fills'] as { mean: number };
    const bytes = new Int8Array(
      (await readShared('golden/aux/tiny_vgg.coffee.baselines4.int8.bin')) as ArrayBuffer,
    );
    const baselines = mul(tensor(Float32Array.from(bytes), [4, 64, 64, 3]), 1 / 128);
    const [blurred, mean] = [slice(baselines, [2, 0, 0, 0], [1, 64, 64, 3]), 'mean' as const];
    expect((await meanOf(photo).data())[0]).toBeCloseTo(fills.mean, 5);
    const wanted = await readFloats(`golden/${file}`);
    const areas = Object.values(params['area'] as Record<string, number>);
    const explain = method.endsWith('guided') ? guidedBackprop : saliency;
    for (const [i, metric] of [deletion, insertion].entries()) {
      for (const [k, fill] of ([0, mean, blurred] as const).entries()) {
        const { samples, cells } = await metric(explain, model, photo, { target, fill });
        expect(cells).toEqual(params['pixels']);
        const row = 3 * i + k;
        // cells of nearly the same magnitude may change places
        samples[0]!.curve.forEach((value, at) => {
          expect(Math.abs(value - wanted[row * 33 + at]!), `${row} ${at}`).toBeLessThan(1e-3);
        });
        expect(samples[0]!.area).toBeCloseTo(areas[row]!, 3);
      }
    }
    model.dispose();
  });
});

describe('an input whose channels come first', () => {
  it('is refused, and taken where a Permute layer puts them there', async () => {
    const { front, back } = bothFormats();
    const x = randomUniform([1, 4, 5, 2], 0, 1, 'float32', 4);
    expect(await rejection(() => insertion(saliency, front, toFront(x)))).toBe(
      'RangeError: insertion: expected an input whose channels come last, got one of shape [1, 2, 4, 5], ' +
        'whose channels come first; take a model that begins with a Permute layer, which puts them there',
    );
    const given = input({ shape: [4, 5, 2] });
    const moved = functional({
      inputs: given,
      outputs: front.apply(layers.permute({ dims: [3, 1, 2] }).apply(given)) as SymbolicTensor,
    });
    const found = await insertion(saliency, moved, x, { target: 0, steps: 4, curve: 'logit' });
    const wanted = await insertion(saliency, back, x, { target: 0, steps: 4, curve: 'logit' });
    found.samples[0]!.curve.forEach((value, i) => expect(value).toBeCloseTo(wanted.samples[0]!.curve[i]!, 5));
  });
});
