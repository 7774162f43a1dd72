import { memory, tensor2d } from '@tensorflow/tfjs-core';
import type { Tensor } from '@tensorflow/tfjs-core';
import { input, layers, model as functional } from '@tensorflow/tfjs-layers';
import type { SymbolicTensor } from '@tensorflow/tfjs-layers';
import { classMaps, guided, inputXGradient, saliency } from 'guided-saliency';
import { describe, expect, it } from 'vitest';
import { messageOf } from '../support/leftBehind';
import { rounded } from '../support/rounded';
import { dense, threeUnits } from '../support/tinyLayers';

const model = threeUnits();
const x = tensor2d([
  [1, 2], // z = 3, 1, -2: scores 3, 4, 6
  [0, 1], // z = 1, 1, -2: scores -1, 2, 2
]);

const each = async (maps: { map: Tensor; value: Tensor; classes: Tensor | null }[]) =>
  Promise.all(
    maps.map(async ({ map, value, classes }) => ({
      map: await rounded(map),
      value: await rounded(value),
      classes: await rounded(classes!),
    })),
  );

describe('classMaps', () => {
  it('gives a map of each class, with its score', async () => {
    saliency(model, x).dispose();
    const before = memory().numTensors;
    const maps = classMaps(model, x, { classes: [1, 0] });
    expect(memory().numTensors - before).toBe(6);
    expect(await each(maps)).toEqual([
      { map: [0, 2, 0, 2], value: [4, 2], classes: [1, 1] },
      { map: [5, -1, 5, -1], value: [3, -1], classes: [0, 0] },
    ]);
  });

  it('gives the highest of each sample, the highest first', async () => {
    for (const batchSize of [2, 1]) {
      const maps = await each(classMaps(model, x, { classes: 'top2', batchSize }));
      expect(maps.map(({ value }) => value)).toEqual([
        [6, 2],
        [4, 2],
      ]);
      expect(maps[0]!.classes[0]).toBe(2);
      expect(maps[1]!.classes[0]).toBe(1);
    }
  });

  it('is of one of several outputs', async () => {
    const two = functional({
      inputs: model.inputs,
      outputs: [model.getLayer('h').output as SymbolicTensor, ...model.outputs],
    });
    expect(await each(classMaps(two, x, { classes: [0], output: 1 }))).toEqual([
      { map: [5, -1, 5, -1], value: [3, -1], classes: [0, 0] },
    ]);
    const [top] = await each(classMaps(two, x, { classes: 'top1', output: 1 }));
    expect(top!.value).toEqual([6, 2]);
  });

  it('follows a rule, and wrt', async () => {
    const maps = classMaps(model, x, { classes: [0, 2], rule: guided });
    for (const [i, { map }] of maps.entries()) {
      const alone = saliency(model, x, { target: i * 2, rule: guided });
      expect(await rounded(map)).toEqual(await rounded(alone));
    }
    expect((await each(classMaps(model, x, { classes: [0], wrt: 'h' })))[0]!.map).toEqual([
      2, -3, 5, 2, -3, 5,
    ]);
  });

  it.each<[unknown, string]>([
    [undefined, 'TypeError: classMaps: expected classes to be a list of classes or "top5", got undefined'],
    [[], 'TypeError: classMaps: expected classes to be a list of classes or "top5", got an empty list'],
    ['best', 'TypeError: classMaps: expected classes to be a list of classes or "top5", got "best"'],
    [[0, undefined], 'RangeError: classMaps: expected classes to be numbers, got undefined'],
    [[3], 'RangeError: classMaps: expected classes to be classes from 0 to 2, got 3'],
    ['top2x', 'TypeError: classMaps: expected classes to be a list of classes or "top5", got "top2x"'],
    ['atop2', 'TypeError: classMaps: expected classes to be a list of classes or "top5", got "atop2"'],
    ['top0', 'TypeError: classMaps: expected classes to be a list of classes or "top5", got "top0"'],
    ['top4', 'RangeError: classMaps: expected an output of 4 classes or more, got one of 3'],
  ])('refuses the classes %j', (classes, message) => {
    const options = { classes: classes as number[] };
    expect(messageOf(() => classMaps(model, x, options))).toBe(message);
    // options that were left out are told the same
    if (classes === undefined)
      expect(messageOf(() => Reflect.apply(classMaps, null, [model, x]))).toBe(message);
  });
});

describe('inputXGradient', () => {
  it('is the input times the gradient, whose cells sum to the score without biases', async () => {
    expect(await rounded(inputXGradient(model, x, { target: 0 }))).toEqual([5, -2, 0, -1]);
  });

  it('takes each of several inputs by its name, whichever comes first', async () => {
    const [a, b] = [input({ shape: [1], name: 'a' }), input({ shape: [1], name: 'b' })];
    const both = layers.concatenate().apply([a, b]) as SymbolicTensor;
    const sum = functional({ inputs: [a, b], outputs: dense([[2], [5]]).apply(both) as SymbolicTensor });
    const map = inputXGradient(sum, { b: tensor2d([[3]]), a: tensor2d([[1]]) }, { target: 0 });
    expect([await rounded(map.a), await rounded(map.b)]).toEqual([[2], [15]]);
  });

  it('takes the output of wrt for the input', async () => {
    expect(await rounded(inputXGradient(model, x, { target: 0, wrt: 'h' }))).toEqual([6, -3, 0, 2, -3, 0]);
    const [z] = inputXGradient(model, [x], { target: 0, wrt: [{ layer: 'z' }], rule: guided });
    expect(await rounded(z!)).toEqual([6, 0, 0, 2, 0, 0]);
  });
});
