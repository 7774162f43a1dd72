import { tensor } from '@tensorflow/tfjs-core';
import { layers, model as functional } from '@tensorflow/tfjs-layers';
import {
  contrast,
  explain,
  gradCam,
  guidedBackprop,
  inputXGradient,
  occlusion,
  saliency,
  smoothGrad,
  type SmoothGradOptions,
} from 'guided-saliency';
import {
  compareMethods,
  cosine,
  spearman,
  spearmanAbsolute,
  type MethodWithOptions,
} from 'guided-saliency/metrics';
import { describe, expect, it } from 'vitest';
import { rejection } from '../support/rejection';
import { stepsOf } from '../support/stepsOf';
import { network, uniform, weighedCells } from '../support/smallCams';

const wrong = <T>(value: unknown) => value as T;
const small = () =>
  network(
    [6, 6, 2],
    layers.conv2d({
      name: 'a',
      filters: 3,
      kernelSize: 3,
      activation: 'relu',
      kernelInitializer: uniform(1),
    }),
    layers.flatten({ name: 'flat' }),
    layers.dense({ name: 'scores', units: 3, kernelInitializer: uniform(3) }),
  );
const x = tensor(
  Float32Array.from({ length: 144 }, (_, i) => Math.sin(i * i)),
  [2, 6, 6, 2],
);

describe('compareMethods', () => {
  it('holds each map against each, of the class of the sample, with how long each took', async () => {
    const model = small();
    const methods = [saliency, guidedBackprop, inputXGradient];
    const found = await compareMethods(methods, model, x, { similarities: ['spearman', 'cosine'] });
    expect([found.metric, found.methods.map(({ name }) => name)]).toEqual([
      'compareMethods',
      ['saliency', 'guidedBackprop', 'inputXGradient'],
    ]);
    const targets = found.methods.map(({ record }) => (record.options as { target: unknown }).target);
    expect(targets).toEqual([found.options['target'], found.options['target'], found.options['target']]);
    const maps = await Promise.all(
      [saliency, guidedBackprop, inputXGradient].map(async (method) => method(model, x).data()),
    );
    for (const [i, { similarities }] of found.samples.entries()) {
      const own = maps.map((map) => map.slice(i * 72, (i + 1) * 72));
      expect(similarities.spearman).toEqual(own.map((a) => own.map((b) => spearman(a, b))));
      expect(similarities.cosine).toEqual(own.map((a) => own.map((b) => cosine(a, b))));
    }
    for (const { seconds } of found.methods) expect(seconds).toBeGreaterThan(0);
  });

  it('keeps what a contrast is set against, and fixes what it leaves to the input', async () => {
    const model = small();
    for (const target of [contrast(1, [2], { weight: 0.5 }), contrast()]) {
      const found = await compareMethods([saliency, smoothGrad], model, x, {
        target,
        similarities: ['cosine'],
      });
      const wanted = await explain(saliency, model, x, { target });
      expect(found.options['target']).toEqual((wanted.record.options as { target: unknown }).target);
      expect(found.methods.map(({ record }) => (record.options as { target: unknown }).target)).toEqual([
        found.options['target'],
        found.options['target'],
      ]);
      expect(found.methods[0]!.record.value).toEqual(wanted.record.value);
    }
  });

  it('takes a class of one of several outputs', async () => {
    const whole = small();
    const model = functional({
      inputs: whole.inputs,
      outputs: [whole.layers[1]!.output, whole.output],
    } as never);
    const [found, wanted] = [
      await compareMethods([saliency, inputXGradient], model, x, { target: { output: 'scores' } }),
      await compareMethods([saliency, inputXGradient], whole, x),
    ];
    expect(found.options['target']).toEqual({ output: 'scores', class: wanted.options['target'] });
    expect(found.samples).toEqual(wanted.samples);
  });

  it('takes options of a method beside it, and resizes maps to the image, in each of its channels', async () => {
    const { model, x: cells } = weighedCells();
    const found = await compareMethods(
      [
        saliency,
        [gradCam, { layer: 'a' }],
        [occlusion, { window: 1 }],
        [smoothGrad, { samples: 2, seed: 1 }],
      ],
      model,
      cells,
      { target: 0 },
    );
    expect(found.methods.map(({ name }) => name)).toEqual(['saliency', 'gradCam', 'occlusion', 'smoothGrad']);
    expect((found.methods[1]!.record.options as { layer: unknown }).layer).toBe('a');
    const { spearmanAbsolute: matrix } = found.samples[0]!.similarities;
    const gradient = await saliency(model, cells, { target: 0 }).data();
    const occluded = await (await occlusion(model, cells, { target: 0, window: 1 })).data();
    expect(matrix![0]![2]).toBeCloseTo(spearmanAbsolute(gradient, occluded), 5);
    expect(matrix!.map((row, i) => row[i])).toEqual([1, 1, 1, 1]);
    const two = await compareMethods([saliency, [gradCam, { layer: 'a' }]], small(), x);
    expect(two.samples[0]!.similarities.cosine!.map((row, i) => row[i]!.toFixed(5))).toEqual([
      '1.00000',
      '1.00000',
    ]);
    expect(two.samples[0]!.similarities.cosine![0]![1]).toBeCloseTo(
      two.samples[0]!.similarities.cosine![1]![0]!,
      6,
    );
  });

  it('gives all the score and the target that are asked for', async () => {
    const { model, x: cells } = weighedCells();
    const found = await compareMethods([saliency, inputXGradient], model, cells, { target: 1 });
    expect(found.options).toEqual({
      target: 1,
      score: 'logit',
      similarities: ['spearman', 'spearmanAbsolute', 'pearson', 'cosine'],
    });
    expect(found.methods.map(({ record }) => record.value)).toEqual([[-30], [-30]]);
  });

  it('tells how far it is, stops when asked to, and leaves no tensor', async () => {
    const model = small();
    const steps = await stepsOf((held) => compareMethods([saliency, guidedBackprop], model, x, held));
    expect(steps).toEqual([
      [1, 2],
      [2, 2],
    ]);
  });

  it('refuses a misspelt option of a pair, beside a right one as well, and its type does', async () => {
    // @ts-expect-error: smoothGrad has no "sampls"
    const compared = () => compareMethods([saliency, [smoothGrad, { sampls: 2, squared: true }]], small(), x);
    expect(await rejection(compared)).toBe(
      'TypeError: compareMethods: no option "sampls"; did you mean "samples"?',
    );
  });

  it('its type takes what is right: of one pass and of many, in a list, a constant and a variable', async () => {
    const pairs = [saliency, [smoothGrad, { samples: 2, batchSize: 1, method: guidedBackprop }]] as const;
    const listed: MethodWithOptions[] = [saliency, [gradCam, { layer: 'a' }]];
    const options: SmoothGradOptions = { samples: 2 };
    const model = small();
    const found = await Promise.all([
      compareMethods(pairs, model, x),
      compareMethods(listed, model, x),
      compareMethods(
        [
          [occlusion, { window: [3, 3], stride: 3 }],
          [smoothGrad, options],
        ],
        model,
        x,
      ),
    ]);
    expect(found.map(({ methods }) => methods.length)).toEqual([2, 2, 2]);
  });

  it.each<[string, unknown, object]>([
    [
      'TypeError: compareMethods: expected methods to be a list of methods such as [saliency, [gradCam, { layer }]], ' +
        'got a function',
      saliency,
      {},
    ],
    ['RangeError: compareMethods: expected methods to be two or more, got 1', [saliency], {}],
    [
      'TypeError: compareMethods: expected a method of this library such as guidedBackprop, got the function "f"',
      [saliency, function f() {}],
      {},
    ],
    [
      'TypeError: compareMethods: no option "layr"; did you mean "layer"?',
      [saliency, [gradCam, { layr: 'a' }]],
      {},
    ],
    [
      'TypeError: compareMethods: expected options to be an object, got a string',
      [saliency, [gradCam, 'a']],
      {},
    ],
    [
      'TypeError: compareMethods: no option "targt"; did you mean "target"?',
      [saliency, gradCam],
      { targt: 1 },
    ],
    [
      'RangeError: compareMethods: ssim compares images of at least 5 × 5 cells, got a map of [2, 2]; ' +
        'leave it out of similarities',
      [saliency, inputXGradient],
      { similarities: ['ssim'] },
    ],
  ])('%s', async (message, methods, options) => {
    const { model, x: cells } = weighedCells();
    expect(await rejection(() => compareMethods(wrong<[]>(methods), model, cells, options))).toBe(message);
  });
});
