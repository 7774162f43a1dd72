import { relu, square, sum, tensor2d, type Tensor } from '@tensorflow/tfjs-core';
import {
  input as symbolicInput,
  layers,
  model as layersModel,
  type SymbolicTensor,
} from '@tensorflow/tfjs-layers';
import { classMaps, explain, saliency, valueAndSaliency, type SaliencyOptions } from 'guided-saliency';
import { describe, expect, it } from 'vitest';
import { eachWay } from '../support/eachWay';
import { leftBehind, messageOf, onlyResults } from '../support/leftBehind';
import { rounded } from '../support/rounded';
import { constant, input, op, tinyGraph } from '../support/tinyGraph';
import { dense } from '../support/tinyLayers';

/** Scores [x0 + 4 x1, 2 x0 + 5 x1, 3 x0 + 6 x1], of one sample at a time. */
const weights = [[1, 2, 3], [4, 5, 6]]; // prettier-ignore
const layered = (batch = 1) => {
  const x = symbolicInput({ batchShape: [batch, 2], name: 'x' });
  return layersModel({ inputs: x, outputs: dense(weights, { name: 'y' }).apply(x) as SymbolicTensor });
};
const graph = () =>
  tinyGraph({ x: input([1, 2]), w: constant(weights.flat(), [2, 3]), y: op('MatMul', ['x', 'w']) }, ['y']);

const x = tensor2d([[1, 1], [-1, -1], [0, 1]]); // prettier-ignore

describe.each([
  ['a LayersModel', layered],
  ['a GraphModel', graph],
])('%s that is fixed to a batch of 1', (_name, build) => {
  it.each<[string, SaliencyOptions, number[]]>([
    ['the highest class', {}, [3, 6, 1, 4, 3, 6]],
    ['one by one where that is asked for', { batchSize: 1 }, [3, 6, 1, 4, 3, 6]],
    ['a class of each', { target: [0, 1, 2] }, [1, 4, 2, 5, 3, 6]],
    ['a place', { target: { layer: 'y', unit: [1] } }, [2, 5, 2, 5, 2, 5]],
    ['a place instead of the input', { target: 0, wrt: 'y' }, [1, 0, 0, 1, 0, 0, 1, 0, 0]],
    ['a number of each', { target: (y: Tensor) => sum(relu(y), 1) }, [6, 15, 0, 0, 6, 15]],
    ['a loss', { target: (y: Tensor) => sum(relu(y)) }, [6, 15, 0, 0, 6, 15]],
  ])('explains a batch: %s', async (_what, options, expected) => {
    await eachWay(build(), async (given) => {
      expect(await rounded(saliency(given, x, options))).toEqual(expected);
    });
  });

  it('gives each sample its value and class', async () => {
    await eachWay(build(), async (given) => {
      const { map, value, classes } = valueAndSaliency(given, x);
      map.dispose();
      expect(await rounded(value)).toEqual([9, -5, 6]);
      expect(await rounded(classes!)).toEqual([2, 0, 2]);
      const loss = valueAndSaliency(given, x, { target: (y: Tensor) => sum(square(y)) });
      loss.map.dispose();
      expect(await rounded(loss.value)).toEqual([25 + 49 + 81, 25 + 49 + 81, 16 + 25 + 36]);
    });
  });

  it('gives maps of several classes, and what is seen on the way', async () => {
    const maps = classMaps(build(), x, { classes: [0, 2] });
    expect(await Promise.all(maps.map(({ map }) => rounded(map)))).toEqual([
      [1, 4, 1, 4, 1, 4],
      [3, 6, 3, 6, 3, 6],
    ]);
    for (const { value, classes } of maps) for (const tensor of [value, classes]) tensor!.dispose();
    const { at, record } = await explain(saliency, build(), x, { target: 1, at: ['y'] });
    expect(await rounded(at![0]!.dy)).toEqual([0, 1, 0, 0, 1, 0, 0, 1, 0]);
    expect(record.value).toEqual([7, -7, 5]);
  });

  it('leaves nothing behind', () => {
    const model = build();
    saliency(model, x).dispose();
    expect(leftBehind(() => saliency(model, x))).toEqual(onlyResults(1));
  });

  it('takes no more samples at once', () => {
    expect(messageOf(() => saliency(build(), x, { batchSize: 2 }))).toBe(
      'RangeError: saliency: expected batchSize to be 1 or left out, got 2; the model takes 1 sample at once',
    );
  });
});

it('takes inputs of which one is not fixed', async () => {
  const a = symbolicInput({ batchShape: [1, 2], name: 'a' });
  const b = symbolicInput({ shape: [2], name: 'b' });
  const y = dense([[2], [3]]).apply(layers.multiply().apply([a, b])) as SymbolicTensor;
  const maps = saliency(layersModel({ inputs: [a, b], outputs: y }), [x, x], { target: 0 });
  for (const map of maps) expect(await rounded(map)).toEqual([2, 3, -2, -3, 0, 3]);
});

it.each<[string, () => Parameters<typeof saliency>[0], Tensor]>([
  [
    'RangeError: saliency: expected x to have shape [2, 2], got [3, 2]', // samples that may depend on each other
    () => layered(2),
    x,
  ],
  ['RangeError: saliency: expected x to have shape [1, 2], got [1, 3]', graph, tensor2d([[1, 2, 3]])],
  [
    'RangeError: saliency: expected x to have shape [1, 2], got [2]; add the batch axis with tf.expandDims(x)',
    graph,
    sum(x, 0),
  ],
])('%s', (message, build, given) => {
  expect(messageOf(() => saliency(build(), given))).toBe(message);
});

it('says so where a node gives no row for the sample', () => {
  const nodes = { x: input([1, 2]), axis: constant([0], [1], 'int32'), y: op('Sum', ['x', 'axis']) };
  const model = tinyGraph(nodes, ['y']);
  expect(messageOf(() => saliency(model, x, { target: (y: Tensor) => sum(y), wrt: 'y' }))).toBe(
    'RangeError: saliency: expected a result for each sample of a chunk of 1, got shape [2]; ' +
      'the model takes 1 sample at once: explain one alone',
  );
});
