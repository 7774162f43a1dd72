import { tensor2d } from '@tensorflow/tfjs-core';
import { classMaps, contrast, guidedBackprop, saliency, valueAndSaliency } from 'guided-saliency';
import { describe, expect, it } from 'vitest';
import { messageOf } from '../support/leftBehind';
import { dense, stack } from '../support/tinyLayers';

const model = stack([2], dense([[1], [2]]));
const x = tensor2d([[1, 2]]);

describe('options', () => {
  it.each<[object, string]>([
    [{ taget: 1 }, 'no option "taget"; did you mean "target"?'],
    [{ batchsize: 1 }, 'no option "batchsize"; did you mean "batchSize"?'],
    [{ rules: 1 }, 'no option "rules"; did you mean "rule"?'],
    [
      { somethingElse: 1 },
      'no option "somethingElse"; the options are "target", "score", "wrt", "from", "batchSize", "rule"',
    ],
    [[], 'expected options to be an object, got an empty list'],
    [Promise.resolve({ target: 0 }), 'expected options to be an object, got a promise; await it first'],
    [new Map([['target', 0]]), 'expected options to be an object, got an object of class Map'],
    [Float32Array.of(), 'expected options to be an object, got an object of class Float32Array'],
    [281 as never, 'expected options to be an object, got a number'],
    [null as never, 'expected options to be an object, got null'],
  ])('that are not known are refused: %j', (options, message) => {
    expect(messageOf(() => saliency(model, x, options))).toBe(`TypeError: saliency: ${message}`);
    expect(messageOf(() => valueAndSaliency(model, x, options))).toBe(
      `TypeError: valueAndSaliency: ${message}`,
    );
  });

  it('are those of the function that is called', () => {
    const rule = 'no option "rule"; the options are "target", "score", "wrt", "from", "batchSize"';
    expect(messageOf(() => guidedBackprop(model, x, { rule: 1 } as object))).toBe(
      `TypeError: guidedBackprop: ${rule}`,
    );
    expect(messageOf(() => classMaps(model, x, { class: [1] } as never))).toBe(
      'TypeError: classMaps: no option "class"; did you mean "classes"?',
    );
    expect(messageOf(() => contrast(1, [0], { weigth: 1 } as object))).toBe(
      'TypeError: contrast: no option "weigth"; did you mean "weight"?',
    );
  });
});
