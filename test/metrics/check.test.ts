import { matMul, memory, relu, sum, tensor, tensor2d, type Tensor } from '@tensorflow/tfjs-core';
import { input, layers, model as functional } from '@tensorflow/tfjs-layers';
import type { SymbolicTensor } from '@tensorflow/tfjs-layers';
import { gradCam, guidedBackprop, saliency, smoothGrad } from 'guided-saliency';
import { check, classSensitivity, parameterRandomization } from 'guided-saliency/metrics';
import { describe, expect, it } from 'vitest';
import { abortedAfter } from '../support/abortedAfter';
import { rejection } from '../support/rejection';
import { network, uniform } from '../support/smallCams';
import { dense, stack } from '../support/tinyLayers';

const wrong = <T>(value: unknown) => value as T;

const conv = (name: string, seed: number) =>
  layers.conv2d({ name, filters: 3, kernelSize: 3, activation: 'relu', kernelInitializer: uniform(seed) });
const small = () =>
  network(
    [8, 8, 1],
    conv('a', 1),
    conv('b', 2),
    layers.flatten({ name: 'flat' }),
    layers.dense({ name: 'scores', units: 3, kernelInitializer: uniform(3) }),
  );
const photo = (samples = 1) =>
  tensor(
    Float32Array.from({ length: samples * 64 }, (_, i) => Math.sin(i * i)),
    [samples, 8, 8, 1],
  );

describe('check', () => {
  it('has the map, and the numbers of the metrics that it is made of', async () => {
    const [model, x] = [small(), photo()];
    const {
      map,
      samples,
      record,
      parameterRandomization: curve,
    } = await check(model, x, { stages: 3, seed: 2 });
    expect(record.method).toBe('guidedBackprop');
    const [target] = (record.options as { target: number[] }).target;
    expect([...(await map.data())]).toEqual([...(await guidedBackprop(model, x).data())]);
    expect(map.shape).toEqual([1, 8, 8, 1]);
    const random = await parameterRandomization(guidedBackprop, model, x, { stages: 3, seed: 2 });
    expect(curve).toEqual(random);
    const { classes, classSensitivity: sensitivity, edges, random: noise } = samples[0]!;
    const two = await classSensitivity(guidedBackprop, model, x);
    expect([classes, sensitivity]).toEqual([two.samples[0]!.classes, two.samples[0]!.similarities]);
    expect(classes![0]).toBe(target);
    expect([edges, noise]).toEqual([random.samples[0]!.edges, random.samples[0]!.random]);
  });

  it('says it in a sentence, the same on every backend', async () => {
    const { samples } = await check(small(), photo(), { seed: 1 });
    expect(samples[0]!.sentence).toBe(SENTENCE);
  });

  it('takes other methods with their options, and sets the class asked for against the highest other', async () => {
    const model = small();
    const cam = await check(model, photo(), { method: gradCam, layer: 'a', target: 0, stages: 1 } as object);
    expect([cam.map.shape, cam.record.method, cam.parameterRandomization!.layers]).toEqual([
      [1, 6, 6],
      'gradCam',
      ['a'],
    ]);
    expect(cam.samples[0]!.classes![0]).toBe(0);
    expect(cam.samples[0]!.classes![1]).not.toBe(0);
    const many = await check(model, photo(2), { method: smoothGrad, samples: 2, stages: 1 } as object);
    expect([many.samples.length, many.map.shape]).toEqual([2, [2, 8, 8, 1]]);
  });

  it.each([
    { target: { output: 'b' } },
    { target: { output: 1, class: 1 } },
    { target: { output: 'b', at: [] }, method: smoothGrad, samples: 1, noise: 0 },
  ])('sets a class against the highest other of its own output: %j', async (given) => {
    const x = input({ shape: [3] });
    // scores at 1, 2, 3: of "a" 9, 0, 0; of "b" 4, 5, 0
    const [a, b] = [
      dense([[9, 0, 0], [0, 0, 0], [0, 0, 0]], { name: 'a' }), // prettier-ignore
      dense([[1, 0, 2], [0, 1, -1], [1, 1, 0]], { name: 'b' }), // prettier-ignore
    ].map((layer) => layer.apply(x) as SymbolicTensor);
    const model = functional({ inputs: x, outputs: [a!, b!] });
    const found = await check(model, tensor2d([[1, 2, 3]]), {
      method: saliency,
      stages: 1,
      ...given,
    });
    const { classes, classSensitivity: sensitivity, sentence } = found.samples[0]!;
    expect(classes).toEqual([1, 0]);
    expect(sensitivity!.cosine).toBeCloseTo(0.5, 6); // of 0, 1, 1 and 1, 0, 1
    expect(sentence).toContain('the map of class 1 is');
  });

  it('does what there is to do with a function, a single class and a target that is none', async () => {
    const x = tensor2d([[1, 2, 3]]);
    const f = (at: Tensor) =>
      matMul(
        relu(at),
        tensor2d([
          [1, -1],
          [2, -2],
          [4, -4],
        ]),
      );
    const ofFunction = await check(f, x, { method: saliency });
    expect(ofFunction.parameterRandomization).toBeNull();
    expect(ofFunction.samples[0]!.sentence).toBe(
      'saliency: the map of class 0 is much like that of class 1 (1.00)',
    );
    expect(ofFunction.samples[0]!.edges).toBeNull();
    const one = await check(stack([3], dense([[1], [2], [4]])), x, { method: saliency });
    expect([one.samples[0]!.classes, one.samples[0]!.classSensitivity]).toEqual([null, null]);
    const none = await check(f, x, { method: saliency, target: (y: Tensor) => sum(y) } as object);
    expect(none.samples[0]!.sentence).toBe('saliency: there is nothing to compare the map with');
  });

  it("takes no error of the user's own for a model of one class", async () => {
    let [calls, failing] = [0, -1];
    const f = (y: Tensor) => {
      if (calls++ === failing) throw new RangeError('mine');
      return relu(matMul(y, tensor2d([[1, -1]])));
    };
    (await check(f, tensor2d([[1]]), { method: saliency })).map.dispose();
    const total = calls;
    for (failing = 0; failing < total; failing++) {
      calls = 0;
      expect(await rejection(() => check(f, tensor2d([[1]]), { method: saliency }))).toBe('RangeError: mine');
    }
  });

  it('tells how far it is, stops when asked to, and leaves nothing but the map', async () => {
    const [model, x] = [small(), photo()];
    (await check(model, x)).map.dispose();
    const before = memory().numTensors;
    const told: number[] = [];
    const { map } = await check(model, x, {
      stages: 2,
      onProgress: (done, total) => void told.push(done / total),
    });
    expect(told).toEqual([1 / 4, 2 / 4, 3 / 4, 1]);
    expect(memory().numTensors - before).toBe(1);
    map.dispose();
    expect(await abortedAfter(1, (stopping) => check(model, x, stopping))).toBe('Error: enough');
    expect(memory().numTensors).toBe(before);
  });

  it.each<[string, object]>([
    ['RangeError: check: expected stages to be a whole number from 1 on, got 0', { stages: 0 }],
    ['RangeError: check: expected seed to be a whole number from 0 on, got -1', { seed: -1 }],
    [
      'TypeError: check: expected a method of this library such as guidedBackprop, got a string; ' +
        'import the method, and pass it without quotes',
      { method: 'guided' },
    ],
    ['TypeError: check: no option "stage"; did you mean "stages"?', { stage: 1 }],
    ['TypeError: check: expected options to be an object, got null', wrong(null)],
    ['TypeError: check: expected options to be an object, got an empty list', []],
    [
      'TypeError: check: expected options to be an object, got a promise; await it first',
      Promise.resolve({ seed: 1 }),
    ],
  ])('%s', async (message, options) => {
    expect(await rejection(() => check(small(), photo(), options))).toBe(message);
  });
});

const SENTENCE =
  'guidedBackprop: with the upper half of the layers random the map is partly like what it was (0.66), ' +
  'with all layers random it is partly like what it was (0.51); the map of class 0 is hardly like that of class 2 (0.39); ' +
  'the map is hardly like the edges of the photo (0.04)';
