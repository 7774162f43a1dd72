import { add, reshape, slice, softmax, sum, tensor2d, type Tensor } from '@tensorflow/tfjs-core';
import { layers } from '@tensorflow/tfjs-layers';
import {
  classMaps,
  contrast,
  explain,
  guidedBackprop,
  saliency,
  valueAndSaliency,
  type SaliencyOptions,
} from 'guided-saliency';
import { describe, expect, it } from 'vitest';
import { eachWay } from '../support/eachWay';
import { expectSame } from '../support/expectSame';
import { leftBehind, messageOf, onlyResults } from '../support/leftBehind';
import { rounded } from '../support/rounded';
import { constant, input, op, tinyGraph } from '../support/tinyGraph';
import { dense, stack } from '../support/tinyLayers';

/** y = [x0, 2 x1, 3 x2, 4 x3, 5 x4, 6 x5]: scores of two classes at three times. */
const weights = [1, 2, 3, 4, 5, 6].map((value, i) =>
  Array.from({ length: 6 }, (_, j) => (i === j ? value : 0)),
);
const layered = (activation: 'linear' | 'softmax') =>
  stack([6], dense(weights), layers.reshape({ targetShape: [3, 2] }), layers.activation({ activation }));
const graph = tinyGraph(
  {
    x: input([null, 6]),
    w: constant(weights.flat(), [6, 6]),
    shape: constant([-1, 3, 2], [3], 'int32'),
    h: op('MatMul', ['x', 'w']),
    y: op('Reshape', ['h', 'shape']),
  },
  ['y'],
);

/** At the last time 5 against 6, then −5 against −12. */
const x = tensor2d([[1, 1, 1, 1, 1, 1], [-1, 0, 3, 0, -1, -2]]); // prettier-ignore
const only = (cell: number, value: number) => Array.from({ length: 6 }, (_, i) => (i === cell ? value : 0));

describe.each([
  ['a LayersModel', layered('linear')],
  ['a LayersModel, behind a softmax', layered('softmax')],
  ['a GraphModel', graph],
])('a class at one place of an output, %s', (_name, model) => {
  it.each<[string, SaliencyOptions['target'], number[]]>([
    ['a class', { class: 1, at: [2] }, [...only(5, 6), ...only(5, 6)]],
    ['at the first place', { class: 0, at: [0] }, [...only(0, 1), ...only(0, 1)]],
    ['the highest there', { at: [2] }, [...only(5, 6), ...only(4, 5)]],
    ['one of each', { class: [0, 1], at: [1] }, [...only(2, 3), ...only(3, 4)]],
    ['of an output', { output: 0, class: 1, at: [1] }, [...only(3, 4), ...only(3, 4)]],
    ['less another', contrast(1, [0], { at: [2] }), [0, 0, 0, 0, -5, 6, 0, 0, 0, 0, -5, 6]],
    [
      'the highest less the other',
      contrast(undefined, undefined, { at: [2] }),
      [0, 0, 0, 0, -5, 6, 0, 0, 0, 0, 5, -6],
    ],
  ])('%s', async (_what, target, expected) => {
    await eachWay(model, async (given) => {
      expect(await rounded(saliency(given, x, { target: target! }))).toEqual(expected);
      const one = saliency(given, x, { target: target!, batchSize: 1 });
      expect(await rounded(one)).toEqual(expected);
    });
  });

  it('has its value, class and record', async () => {
    const { map, value, classes } = valueAndSaliency(model, x, { target: { at: [2] } });
    map.dispose();
    expect(await rounded(value)).toEqual([6, -5]);
    expect(await rounded(classes!)).toEqual([1, 0]);
    const explained = await explain(saliency, model, x, { target: { at: [2] } });
    expect(explained.record.options).toEqual({ target: { at: [2], class: [1, 0] }, score: 'logit' });
    const again = await explain(saliency, model, x, explained.record.options);
    await expectSame(again.map, explained.map);
  });

  it('has maps of several classes', async () => {
    const maps = classMaps(model, x, { classes: 'top2', at: [2] });
    expect(await Promise.all(maps.map(({ map }) => rounded(map)))).toEqual([
      [...only(5, 6), ...only(4, 5)],
      [...only(4, 5), ...only(5, 6)],
    ]);
    const [given] = classMaps(model, x, { classes: [0], at: [1], output: 0 });
    expect(await rounded(given!.map)).toEqual([...only(2, 3), ...only(2, 3)]);
  });

  it('leaves nothing behind', () => {
    const run = () => saliency(model, x, { target: { class: 1, at: [2] } });
    expect(leftBehind(run)).toEqual(onlyResults(1));
  });
});

it('is explained by its probability, too', async () => {
  const model = layered('softmax');
  const map = saliency(model, x, { target: { class: 1, at: [1] }, score: 'probability' });
  const same = saliency(model, x, {
    target: (y: Tensor) => reshape(slice(y, [0, 1, 1], [-1, 1, 1]), [-1]),
  });
  await expectSame(map, same);
});

it('has an index for each axis between, and none where there is none', async () => {
  const f = (at: Tensor) => reshape(at, [2, 1, 3, 2]);
  expect(await rounded(saliency(f, x, { target: { class: 0, at: [0, 1] } }))).toEqual([
    ...only(2, 1),
    ...only(2, 1),
  ]);
  const flat = (at: Tensor) => softmax(at);
  expect(await rounded(saliency(flat, x, { target: { class: 3, at: [] } }))).toEqual([
    ...only(3, 1),
    ...only(3, 1),
  ]);
});

it('stays the class of the clean input', async () => {
  const { map } = await explain(
    guidedBackprop,
    stack([6], layers.reLU(), layers.reshape({ targetShape: [3, 2] })),
    x,
    {
      target: { at: [0] },
    },
  );
  expect(await rounded(map)).toEqual([...only(0, 1), ...only(0, 0)]);
});

describe('the errors of a place', () => {
  const model = layered('linear');
  it.each<[string, unknown]>([
    [
      'RangeError: saliency: expected an output of shape [batch, classes] to explain a class, got [2, 3, 2]; ' +
        'say where, e.g. { class: 0, at: [0] }, name a place instead, { layer, channel } or { layer, unit }, ' +
        'or give a target function',
      1,
    ],
    [
      'RangeError: saliency: expected at to be an index into [3], the axes between batch and classes of the output, got [3]',
      { class: 1, at: [3] },
    ],
    [
      'RangeError: saliency: expected at to be an index into [3], the axes between batch and classes of the output, got [-1]',
      { class: 1, at: [-1] },
    ],
    [
      'RangeError: saliency: expected at to be an index into [3], the axes between batch and classes of the output, got [0, 1]',
      { class: 1, at: [0, 1] },
    ],
    [
      'RangeError: saliency: expected at to be an index into [3], the axes between batch and classes of the output, got [0.5]',
      { class: 1, at: [0.5] },
    ],
    ['RangeError: saliency: expected target to be a class from 0 to 1, got 2', { class: 2, at: [0] }],
    [
      'TypeError: saliency: expected at to be a list with an index for each axis between batch and classes, got 2',
      { class: 1, at: 2 },
    ],
    [
      'TypeError: saliency: expected at beside a class, got it beside a layer; name a unit: { layer, unit }',
      { layer: 'y', at: [2] },
    ],
  ])('%s', (message, target) => {
    const options = { target } as SaliencyOptions;
    const run = () => messageOf(() => saliency(model, x, options));
    expect(leftBehind(() => expect(run()).toBe(message))).toEqual(onlyResults(0));
  });
});

it('of several outputs the error names the one that has classes', async () => {
  const feature = (at: Tensor) => reshape(at, [2, 1, 3, 2]);
  const one = (at: Tensor) => sum(at, 1, true);
  const say = (outputs: Record<string, Tensor>, target?: SaliencyOptions['target']) =>
    messageOf(() => saliency(() => outputs, x, target === undefined ? {} : { target }));
  const scores = add(x, 1);
  expect(say({ feature: feature(x), one: one(x), scores })).toBe(
    'RangeError: saliency: the model has 3 outputs, "feature", "one", "scores"; say which: { target: { output: "scores" } }',
  );
  // a softmax says more than a shape
  const model = (at: Tensor) => ({ embedding: add(at, 1), scores: softmax(at) });
  expect(messageOf(() => saliency(model, x, { target: 0 }))).toBe(
    'RangeError: saliency: the model has 2 outputs, "embedding", "scores"; say which: { target: { output: "scores", class: 0 } }',
  );
  expect(await rounded(saliency(model, x, { target: { output: 'scores', class: 0 } }))).toEqual([
    ...only(0, 1),
    ...only(0, 1),
  ]);
  expect(say({ mean: sum(x), one: one(x) })).toBe(
    'RangeError: saliency: the model has 2 outputs, "mean", "one"; say which: { target: { output: "one" } }',
  );
  // where all have classes at many places only, the place is said as well
  const places = (at: Tensor) => [sum(at), feature(at)];
  expect(messageOf(() => saliency(places, x))).toBe(
    'RangeError: saliency: the model has 2 outputs, "0", "1"; say which: { target: { output: "1", at: [0, 0] } }',
  );
  expect(await rounded(saliency(places, x, { target: { output: 1, at: [0, 0] } }))).toEqual([
    ...only(0, 1),
    ...only(1, 1),
  ]);
});
