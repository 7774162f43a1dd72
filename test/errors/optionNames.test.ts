import { tensor2d } from '@tensorflow/tfjs-core';
import {
  blurIntegratedGradients,
  classMaps,
  contrast,
  guidedBackprop,
  saliency,
  valueAndSaliency,
} from 'guided-saliency';
import { describe, expect, it } from 'vitest';
import { messageOf } from '../support/leftBehind';
import { rejection } from '../support/rejection';
import { dense, stack } from '../support/tinyLayers';

const model = stack([2], dense([[1], [2]]));
const wide = stack(
  [2],
  dense([
    [1, 3],
    [2, 4],
  ]),
);
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
    [new Date(0), 'expected options to be an object, got an object of class Date'],
    [new Error('no'), 'expected options to be an object, got an object of class Error'],
    [/281/, 'expected options to be an object, got an object of class RegExp'],
    [new Intl.Collator(), 'expected options to be an object, got an object of class Collator'],
    [new AbortController().signal, 'expected options to be an object, got an object of class AbortSignal'],
    [Float32Array.of(), 'expected options to be an object, got an object of class Float32Array'],
    [281 as never, 'expected options to be an object, got a number; pass { target: 281 }'],
    [x, 'expected options to be an object, got a tensor'],
    [null as never, 'expected options to be an object, got null'],
  ])('that are not known are refused: %j', (options, message) => {
    expect(messageOf(() => saliency(model, x, options))).toBe(`TypeError: saliency: ${message}`);
    expect(messageOf(() => valueAndSaliency(model, x, options))).toBe(
      `TypeError: valueAndSaliency: ${message}`,
    );
  });

  it('that are a class are told that it is the target', () => {
    expect(messageOf(() => saliency(model, x, { class: 0 } as never))).toBe(
      'TypeError: saliency: no option "class"; pass { target: 0 }',
    );
    expect(messageOf(() => saliency(model, x, { class: [0] } as never))).toContain(
      '; the options are "target",',
    );
  });

  it('that are the end of a known one are taken for it, before one with other letters', async () => {
    const named = (options: object) => rejection(() => blurIntegratedGradients(model, x, options));
    expect(await named({ sigma: 3 })).toBe(
      'TypeError: blurIntegratedGradients: no option "sigma"; did you mean "maxSigma"?',
    );
    expect(await named({ signl: 3 })).toBe(
      'TypeError: blurIntegratedGradients: no option "signl"; did you mean "signal"?',
    );
  });

  it('may be of a class of their own, of another realm, or of no class', async () => {
    class Mine {
      target = 1;
    }
    const ofNone = Object.assign(Object.create(null) as object, { target: 1 });
    // the Object of a frame or a sandbox is another one
    const elsewhere = Object.create(Object.create(null) as object) as object;
    for (const options of [new Mine(), ofNone, { target: 1 }]) {
      expect([...(await saliency(wide, x, options).data())]).toEqual([3, 4]);
    }
    for (const options of [elsewhere, Object.create(null) as object, {}, new Proxy({}, {})]) {
      expect([...(await saliency(model, x, options).data())]).toEqual([1, 2]);
    }
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
