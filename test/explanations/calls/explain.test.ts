import { getBackend, memory, sum, tensor2d, version_core } from '@tensorflow/tfjs-core';
import type { Tensor } from '@tensorflow/tfjs-core';
import {
  contrast,
  explain,
  guided,
  guidedBackprop,
  inputXGradient,
  running,
  saliency,
  smoothGrad,
  valueAndSaliency,
} from 'guided-saliency';
import type { ExplanationRecord, SaliencyOptions } from 'guided-saliency';
import { describe, expect, it } from 'vitest';
import { version } from '../../../package.json';
import { rounded } from '../../support/rounded';
import { threeUnits } from '../../support/tinyLayers';

const model = threeUnits();

const x = tensor2d([
  [1, 2], // z = 3, 1, -2: scores 3, 4, 6
  [0, 1], // z = 1, 1, -2: scores -1, 2, 2
]);

describe('explain', () => {
  it('gives the map of a method with its value, classes and record', async () => {
    const { map, value, classes, record } = await explain(guidedBackprop, model, x, { target: 0 });
    expect(await rounded(map)).toEqual([2, 2, 2, 2]);
    expect(await rounded(value)).toEqual([3, -1]);
    expect(Array.from(await classes!.data())).toEqual([0, 0]);
    expect(record).toEqual({
      method: 'guidedBackprop',
      library: `guided-saliency ${version}`,
      backend: getBackend(),
      tfjs: version_core,
      options: { target: [0, 0], score: 'logit' },
      overridden: ['h'],
      value: [3, -1],
      passes: 1,
    });
  });

  const ways: [string, SaliencyOptions][] = [
    ['the highest class', {}],
    ['a class of an output', { target: { output: 0, class: 1 }, batchSize: 1 }],
    ['a contrast', { target: contrast(0) }],
    ['a place, a rule and wrt', { target: { layer: 'y', channel: 1 }, rule: guided, wrt: 'z' }],
  ];

  it.each(ways)('makes the map again from a record: %s', async (_name, options) => {
    const { map, record } = await explain(saliency, model, x, options);
    const record2 = JSON.parse(JSON.stringify(record)) as ExplanationRecord<SaliencyOptions>;
    expect(record2).toEqual(record);
    const again = await explain(saliency, model, x, record2.options);
    expect(await rounded(again.map)).toEqual(await rounded(map));
    expect(again.record).toEqual(record);
  });

  it('writes down nothing of how it was run', async () => {
    const { signal } = new AbortController();
    const options = { target: 0, samples: 1, noise: 0, signal, onProgress: () => undefined };
    const { record } = await explain(smoothGrad, model, x, options);
    expect(record.options).toMatchObject({ target: [0, 0], samples: 1, noise: 0 });
    expect(Object.keys(record.options)).not.toContain('signal');
    expect(Object.keys(record.options)).not.toContain('onProgress');
  });

  it('writes down what was left out', async () => {
    const of = async (options: SaliencyOptions) =>
      (await explain(saliency, model, x, options)).record.options;
    expect(await of({})).toEqual({ target: [2, 1], score: 'logit' });
    expect(await of({ target: { output: 0 } })).toEqual({
      target: { output: 0, class: [2, 1] },
      score: 'logit',
    });
    // the others of class 0 by their scores: 6 and 4; 2 and 2
    expect(await of({ target: contrast(0) })).toEqual({
      target: {
        class: [0, 0],
        others: [
          [2, 1],
          [1, 2],
        ],
        weight: 1,
      },
      score: 'logit',
    });
    expect(await of({ rule: guided, target: { layer: 'y' } })).toEqual({
      rule: 'guided',
      target: { layer: 'y' },
    });
    const mine = ({ dy }: { dy: Tensor }) => dy;
    expect(await of({ rule: mine, target: (y) => sum(y) })).toEqual({
      rule: 'a function, "mine"; give it again',
      target: 'a function, "target"; give it again',
    });
  });

  it('gives places beside the map, and writes them down', async () => {
    const { at, record } = await explain(saliency, model, x, { target: 0, at: ['h', { layer: 'z' }] });
    expect(await rounded(at![0]!.y)).toEqual([3, 1, 0, 1, 1, 0]);
    expect(await rounded(at![0]!.dy)).toEqual([2, -3, 5, 2, -3, 5]);
    expect(await rounded(at![1]!.y)).toEqual([3, 1, -2, 1, 1, -2]);
    expect(await rounded(at![1]!.dy)).toEqual([2, -3, 0, 2, -3, 0]);
    expect(at!.map(({ channelAxis }) => channelAxis)).toEqual(['last', 'last']);
    expect(record.options).toEqual({ target: [0, 0], score: 'logit', at: ['h', { layer: 'z' }] });
  });

  it('leaves nothing but what it gives', async () => {
    valueAndSaliency(model, x);
    const before = memory().numTensors;
    await explain(saliency, model, x, { target: contrast(0), at: ['h'] });
    expect(memory().numTensors - before).toBe(5); // map, value, classes, y, dy
    await expect(explain(saliency, model, x, { target: 9 })).rejects.toThrow();
    expect(memory().numTensors - before).toBe(5);
  });

  it('refuses an option misspelt beside a right one, and its type does', async () => {
    // @ts-expect-error: smoothGrad has no "sampls"
    const explained = explain(smoothGrad, model, x, { sampls: 2, target: 0 });
    await expect(explained).rejects.toThrow('explain: no option "sampls"; did you mean "samples"?');
    // @ts-expect-error: saliency has no "scor"
    expect(() => running(saliency, model, x, { scor: 'logit', target: 0 })).toThrow(
      'running: no option "scor"; did you mean "score"?',
    );
  });

  it.each<[string, () => Promise<unknown>, string]>([
    [
      'a function that is no method',
      () => explain((() => x) as never, model, x),
      'TypeError: explain: expected a method of this library such as guidedBackprop, got the function ""',
    ],
    [
      'what is no function',
      () => explain('saliency' as never, model, x),
      'TypeError: explain: expected a method of this library such as guidedBackprop, got a string; ' +
        'import the method, and pass it without quotes',
    ],
    [
      'an option misspelt',
      () => explain(saliency, model, x, { tagret: 1 } as object),
      'TypeError: explain: no option "tagret"; did you mean "target"?',
    ],
    [
      'a rule where a method has its own',
      () => explain(guidedBackprop, model, x, { rule: guided } as object),
      'TypeError: explain: no option "rule"; the options are "target", "score", "wrt", "from", "batchSize", "at"',
    ],
    [
      'to look at layers beside many passes',
      () => explain(smoothGrad, model, x, { samples: 2, at: ['h'] }),
      'TypeError: explain: smoothGrad makes many passes, and looks at no layers; ask a method of one pass: ' +
        'explain(saliency, model, x, { at })',
    ],
    [
      'a rule that must be given again',
      () => explain(saliency, model, x, { rule: 'a function; give it again' as never }),
      'TypeError: explain: expected rule to be a gradient rule such as guided, got "a function; give it again"',
    ],
    [
      'a class that does not exist',
      () => explain(saliency, model, x, { target: 3 }),
      'RangeError: explain: expected target to be a class from 0 to 2, got 3',
    ],
  ])('refuses %s', async (_name, body, message) => {
    expect(
      await body().then(
        () => 'nothing thrown',
        (error: unknown) => `${(error as Error).name}: ${(error as Error).message}`,
      ),
    ).toBe(message);
  });
});

describe('running', () => {
  it('comes once for a method of one pass, with no error', async () => {
    const seen: unknown[] = [];
    const progress: number[][] = [];
    const options = { target: 0, onProgress: (done: number, total: number) => progress.push([done, total]) };
    for await (const { map, standardError, done, total } of running(inputXGradient, model, x, options)) {
      seen.push(await rounded(map), await rounded(standardError), done, total);
    }
    // gradients [5, -1] in both
    expect(seen).toEqual([[5, -2, 0, -1], [0, 0, 0, 0], 1, 1]);
    expect(progress).toEqual([[1, 1]]);
  });

  it('is stopped by who is told that the one pass is made, and leaves nothing', async () => {
    const before = memory().numTensors;
    const control = new AbortController();
    const stopped = { signal: control.signal, onProgress: control.abort.bind(control, new Error('late')) };
    await expect(running(inputXGradient, model, x, stopped).next()).rejects.toThrow('late');
    expect(memory().numTensors).toBe(before);
  });

  it('refuses at once what is no method, and on the way what cannot be explained', async () => {
    expect(() => running((() => x) as never, model, x)).toThrow(
      /^running: expected a method of this library such as guidedBackprop, got the function ""$/,
    );
    await expect(running(saliency, model, x, { target: 3 }).next()).rejects.toThrow(
      /^running: expected target to be a class from 0 to 2, got 3$/,
    );
  });
});
