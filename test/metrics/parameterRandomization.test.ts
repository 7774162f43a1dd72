import { memory, tensor, tensor2d, type Tensor } from '@tensorflow/tfjs-core';
import { layers, type LayersModel } from '@tensorflow/tfjs-layers';
import { gradCam, guidedBackprop, inputXGradient, prepare, saliency, smoothGrad } from 'guided-saliency';
import { parameterRandomization, randomizeFrom, spearman } from 'guided-saliency/metrics';
import { describe, expect, it } from 'vitest';
import { abortedAfter } from '../support/abortedAfter';
import { rejection } from '../support/rejection';
import { network, uniform } from '../support/smallCams';
import { constant, input, op, tinyGraph } from '../support/tinyGraph';

const wrong = <T>(value: unknown) => value as T;

const dense = (name: string, units: number, seed: number) =>
  layers.dense({ name, units, kernelInitializer: uniform(seed) });
const conv = (name: string, seed: number) =>
  layers.conv2d({ name, filters: 3, kernelSize: 3, activation: 'relu', kernelInitializer: uniform(seed) });

/** Of images of 8 × 8 in two colours. */
const small = () =>
  network([8, 8, 2], conv('a', 1), conv('b', 2), layers.flatten({ name: 'flat' }), dense('scores', 3, 3));
const photo = (samples = 1) =>
  tensor(
    Float32Array.from({ length: samples * 128 }, (_, i) => Math.sin(i * i)),
    [samples, 8, 8, 2],
  );

const rounded = (values: readonly (number | null)[] | undefined) =>
  values?.map((value) => value && Number(value.toFixed(3)));

describe('parameterRandomization', () => {
  it('is, of a model of one layer, the similarity of its weights with those of the copy', async () => {
    const model = network([6], dense('w', 2, 4));
    const x = tensor2d([[1, 2, 3, 4, 5, 6]]);
    const copy = await randomizeFrom(model, 'w', { seed: 5 });
    const column = async (from: LayersModel) =>
      [...(await from.getLayer('w').getWeights()[0]!.data())].filter((_, i) => i % 2 === 1);
    const found = await parameterRandomization(saliency, model, x, { target: 1, seed: 5 });
    expect(found.layers).toEqual(['w']);
    const { curves, edges, random } = found.samples[0]!;
    expect(curves.spearman).toEqual([spearman(await column(model), await column(copy))]);
    expect(Object.keys(curves)).toEqual(['spearman', 'spearmanAbsolute', 'pearson', 'cosine']);
    expect(edges).toBeNull();
    expect(Math.abs(random.spearman!)).toBeLessThan(1);
  });

  it('is all 1 where the weights stay, and all −1 where the last layer turns around', async () => {
    const same = await parameterRandomization(saliency, small(), photo(), {
      target: 0,
      how: (_, { values }) => values,
    });
    for (const curve of Object.values(same.samples[0]!.curves)) {
      curve.forEach((value) => expect(value).toBeCloseTo(1, 6));
    }
    expect(same.samples[0]!.entropy.rise).toBeCloseTo(0, 6);
    const turned = await parameterRandomization(saliency, small(), photo(), {
      target: 0,
      how: (layer, { values }) => (layer === 'scores' ? values.map((value) => -value) : values),
      similarities: ['spearman', 'spearmanAbsolute', 'cosine'],
    });
    const { spearman: signed, spearmanAbsolute: absolute, cosine } = turned.samples[0]!.curves;
    for (const value of [...signed!, ...cosine!]) expect(value).toBeCloseTo(-1, 6);
    for (const value of absolute!) expect(value).toBeCloseTo(1, 6);
  });

  it('gives the same curves for a seed on every backend, others for another', async () => {
    const found = await parameterRandomization(guidedBackprop, small(), photo(), { target: 1, seed: 3 });
    expect(found.layers).toEqual(['scores', 'b', 'a']);
    const { curves, random, edges, entropy } = found.samples[0]!;
    const all = [...Object.values(curves), Object.values(random), Object.values(edges!)].flat();
    [...all, entropy.original, ...entropy.curve, entropy.rise].forEach((value, i) => {
      expect(value, `number ${i}`).toBeCloseTo(EXPECTED[i]!, 3);
    });
    const other = await parameterRandomization(guidedBackprop, small(), photo(), { target: 1, seed: 4 });
    expect(rounded(other.samples[0]!.curves.cosine)).not.toEqual(rounded(curves.cosine));
  });

  it('goes in the order asked for, and ends, all random, at the same map', async () => {
    const model = small();
    const of = async (order: 'topDown' | 'bottomUp' | 'independent') => {
      const found = await parameterRandomization(saliency, model, photo(), { target: 0, order, seed: 1 });
      return { ...found, cosine: found.samples[0]!.curves.cosine! };
    };
    const [down, up, alone] = [await of('topDown'), await of('bottomUp'), await of('independent')];
    expect([down.layers, up.layers, alone.layers]).toEqual([
      ['scores', 'b', 'a'],
      ['a', 'b', 'scores'],
      ['scores', 'b', 'a'],
    ]);
    expect(up.cosine[2]).toBeCloseTo(down.cosine[2]!, 6);
    expect(alone.cosine[0]).toBeCloseTo(down.cosine[0]!, 6);
    expect(alone.cosine[2]).toBeCloseTo(up.cosine[0]!, 6);
    expect(up.cosine[1]).not.toBeCloseTo(down.cosine[1]!, 3);
    expect(alone.samples[0]!.entropy.rise).toBeNull();
    expect(up.samples[0]!.entropy.rise).toBeCloseTo(down.samples[0]!.entropy.rise!, 6);
  });

  it('takes as many stages as asked for, the last all random', async () => {
    const model = small();
    const all = await parameterRandomization(saliency, model, photo(), { target: 0 });
    const two = await parameterRandomization(saliency, model, photo(), { target: 0, stages: 2 });
    expect(two.layers).toEqual(['b', 'a']);
    const [curve, whole] = [two, all].map(({ samples }) => samples[0]!.curves.cosine!);
    expect(rounded(curve)).toEqual(rounded(whole!.slice(1)));
    const many = await parameterRandomization(saliency, model, photo(), { target: 0, stages: 99 });
    expect(many.layers).toEqual(all.layers);
  });

  it('fixes the class at the model as it is, of each sample', async () => {
    const model = small();
    const x = photo(2);
    const found = await parameterRandomization(saliency, model, x, { similarities: ['cosine'] });
    const { target } = found.record.options as { target?: number[] };
    expect(target).toHaveLength(2);
    for (const [i, sample] of found.samples.entries()) {
      const one = tensor([...(await x.data())].slice(i * 128, (i + 1) * 128), [1, 8, 8, 2]);
      const alone = await parameterRandomization(saliency, model, one, {
        target: target![i]!,
        similarities: ['cosine'],
      });
      expect(rounded(sample.curves.cosine)).toEqual(rounded(alone.samples[0]!.curves.cosine));
      expect(sample.random.cosine).toBeCloseTo(alone.samples[0]!.random.cosine!, 4);
      const copy = await randomizeFrom(model, 'b');
      const score = [...(await (copy.predict(one) as Tensor).data())][target![i]!]!;
      expect(sample.values[1]).toBeCloseTo(score, 4);
    }
  });

  it('takes methods with options and passes of their own, graphs and prepared models', async () => {
    const cam = await parameterRandomization(gradCam, small(), photo(), { layer: 'a', target: 0 });
    expect(cam.record.method).toBe('gradCam');
    // 6 × 6 cells: no histogram of 8 × 8, but edges in the size of the photo
    expect(Object.keys(cam.samples[0]!.curves)).not.toContain('hog');
    expect(cam.samples[0]!.edges!.ssim).not.toBeNull();
    const smooth = await parameterRandomization(smoothGrad, small(), photo(), {
      samples: 2,
      method: guidedBackprop,
      seed: 6,
    });
    expect([smooth.options['seed'], smooth.record.options]).toEqual([
      6,
      expect.objectContaining({ seed: 6, samples: 2, method: 'guidedBackprop' }),
    ]);
    const graph = tinyGraph(
      {
        x: input([null, 3]),
        w: constant([1, -2, 3, 4, -5, 6, 7, 8, 9], [3, 3]),
        hidden: op('MatMul', ['x', 'w']),
        relu: op('Relu', ['hidden']),
        v: constant([1, -2, 3, 4, 5, -6], [3, 2]),
        y: op('MatMul', ['relu', 'v']),
      },
      ['y'],
    );
    const x = tensor2d([[1, 2, 3]]);
    const found = await parameterRandomization(inputXGradient, graph, x, { target: 0, seed: 2 });
    expect(found.layers).toEqual(['y', 'hidden']);
    const again = await parameterRandomization(inputXGradient, prepare(graph), x, { target: 0, seed: 2 });
    expect(again.samples).toEqual(found.samples);
  });

  it('is JSON that makes it again', async () => {
    const found = await parameterRandomization(saliency, small(), photo(), { seed: 9, stages: 2 });
    const read = JSON.parse(JSON.stringify(found)) as typeof found;
    expect(read).toEqual(found);
    const options = { ...read.record.options, ...read.options } as object;
    const again = await parameterRandomization(saliency, small(), photo(), options);
    expect(again.samples[0]!.curves).toEqual(found.samples[0]!.curves);
  });

  it('tells how far it is, stops when asked to, and leaves no tensor', async () => {
    const model = small();
    const x = photo();
    await parameterRandomization(saliency, model, x, { stages: 1 });
    const before = memory().numTensors;
    const told: number[][] = [];
    await parameterRandomization(saliency, model, x, {
      onProgress: (done, total) => void told.push([done, total]),
    });
    expect(told).toEqual([
      [1, 4],
      [2, 4],
      [3, 4],
      [4, 4],
    ]);
    expect(memory().numTensors).toBe(before);
    const stopped = abortedAfter(2, (stopping) => parameterRandomization(saliency, model, x, stopping));
    expect(await stopped).toBe('Error: enough');
    expect(memory().numTensors).toBe(before);
  });

  it.each<[string, () => Promise<unknown>]>([
    [
      'TypeError: parameterRandomization: expected a method of this library such as guidedBackprop, got the function "mine"',
      () =>
        parameterRandomization(
          function mine() {
            return 0;
          },
          small(),
          photo(),
        ),
    ],
    [
      'TypeError: parameterRandomization: expected model to be a LayersModel or a GraphModel, got a function; the weights of a function cannot be reached',
      () => parameterRandomization(saliency, (y: Tensor) => y, photo()),
    ],
    [
      'TypeError: parameterRandomization: no option "stage"; did you mean "stages"?',
      () => parameterRandomization(saliency, small(), photo(), wrong({ stage: 1 })),
    ],
    [
      'RangeError: parameterRandomization: expected stages to be a whole number from 1 on, got 0',
      () => parameterRandomization(saliency, small(), photo(), { stages: 0 }),
    ],
    [
      'TypeError: parameterRandomization: expected similarities to be a list such as ["spearman", "ssim"], got a string',
      () => parameterRandomization(saliency, small(), photo(), { similarities: wrong('ssim') }),
    ],
    [
      'RangeError: parameterRandomization: expected each of similarities to be one of "spearman", "spearmanAbsolute", "pearson", "cosine", "ssim", "hog", got "mse"',
      () => parameterRandomization(saliency, small(), photo(), { similarities: wrong(['mse']) }),
    ],
    [
      'RangeError: parameterRandomization: hog compares images of at least 8 × 8 cells, got a map of [6, 6]; leave it out of similarities',
      () => parameterRandomization(gradCam, small(), photo(), { layer: 'a', similarities: ['hog'] }),
    ],
    [
      'RangeError: parameterRandomization: expected x to be one tensor, got 2; explain a function of one of them',
      () => parameterRandomization(saliency, small(), [photo(), photo()]),
    ],
  ])('%s', async (message, call) => {
    expect(await rejection(call)).toBe(message);
  });
});

/**
 * What a seed gives, on every backend: curves by layer, the random map, the edges, in the order of the names;
 * the entropies.
 */
const EXPECTED: readonly number[] = [
  0.6448, 0.5395, 0.3438, 0.6618, 0.67, 0.5455, 0.6863, 0.7053, 0.4868, 0.7287, 0.6738, 0.3966, 0.6183,
  0.6861, 0.3855, 0.9424, 0.8156, -0.0776, 0.0273, -0.0137, -0.025, -0.0199, -0.0315, -0.2036, 0.0639,
  -0.1582, -0.107, 0.2033, 0.0625, -0.1727, 3.2668, 3.1906, 3.1187, 3.4536, 0.0572,
];
