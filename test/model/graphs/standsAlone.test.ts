import { concat, dispose, memory, mul, ones, slice, tensor, tidy } from '@tensorflow/tfjs-core';
import type { Tensor } from '@tensorflow/tfjs-core';
import { saliency } from 'guided-saliency';
import { describe, expect, it } from 'vitest';
import { standsAlone } from '../../../src/model/graphs/standsAlone';
import { inside } from '../../../src/model/modelKinds';
import { expectSame } from '../../support/expectSame';
import { constant, input, op, tinyGraph, type TinyGraph } from '../../support/tinyGraph';

/*
 * A batch is cut into chunks only where each sample is known to stand for itself. Where it is said to, it is
 * held against the graph: a sample's output must be the one that it has alone.
 */

type Nodes = Parameters<typeof tinyGraph>[0];

const ints = (...values: number[]) => constant(values, [values.length], 'int32');
const int = (value: number) => constant([value], [], 'int32');
const numbers = (...shape: number[]) =>
  constant(
    Array.from({ length: shape.reduce((a, b) => a * b, 1) }, (_, i) => Math.sin(i + 1)),
    shape,
  );
const image: Nodes = { x: input([null, 4, 4, 2]) };
const row: Nodes = { x: input([null, 6]) };
const conv = {
  strides: [1, 1, 1, 1],
  dilations: [1, 1, 1, 1],
  padding: 'SAME',
  data_format: 'NHWC',
} as const;
const strided = {
  begin: ints(0, 1),
  end: ints(0, 4),
  steps: ints(1, 1),
  y: op('StridedSlice', ['x', 'begin', 'end', 'steps'], { begin_mask: 1, end_mask: 1 }),
};

/** Each ends in `y`. */
const apart: [string, Nodes][] = [
  [
    'a convolution, a batch norm, a pooling and a mean',
    {
      ...image,
      filter: numbers(3, 3, 2, 2),
      two: constant([1, 2]),
      axes: ints(1, 2),
      conv: op('Conv2D', ['x', 'filter'], conv),
      bias: op('BiasAdd', ['conv', 'two']),
      norm: op('FusedBatchNormV3', ['bias', 'two', 'two', 'two', 'two'], { epsilon: { float: 0.1 } }),
      relu: op('Relu6', ['norm']),
      pool: op('MaxPool', ['relu'], { ...conv, ksize: [1, 2, 2, 1] }),
      sum: op('AddV2', ['pool', 'relu']),
      y: op('Mean', ['sum', 'axes'], { keep_dims: false }),
    },
  ],
  [
    'a flatten as exports write it, and a product',
    {
      ...image,
      shape: op('Shape', ['x']),
      zero: ints(0),
      one: ints(1),
      rest: int(32),
      batch: op('StridedSlice', ['shape', 'zero', 'one', 'one'], { shrink_axis_mask: 1 }),
      to: op('Pack', ['batch', 'rest'], { axis: 0 }),
      flat: op('Reshape', ['x', 'to']),
      w: numbers(32, 3),
      scores: op('MatMul', ['flat', 'w']),
      y: op('Softmax', ['scores']),
    },
  ],
  ['a reshape to rows', { ...image, to: ints(-1, 32), y: op('Reshape', ['x', 'to']) }],
  [
    'the largest of each',
    { ...row, axis: int(1), top: op('Max', ['x', 'axis'], { keep_dims: true }), y: op('Sub', ['x', 'top']) },
  ],
  [
    'tokens that look at one another',
    {
      x: input([null, 3, 2]),
      perm: ints(0, 2, 1),
      keys: op('Transpose', ['x', 'perm']),
      seen: op('BatchMatMulV2', ['x', 'keys']),
      weights: op('Softmax', ['seen']),
      y: op('BatchMatMulV2', ['weights', 'x']),
    },
  ],
  [
    'a dilated convolution, whose rows are spread',
    {
      ...image,
      block: ints(2, 2),
      around: constant([0, 0, 0, 0], [2, 2], 'int32'),
      filter: numbers(1, 1, 2, 2),
      spread: op('SpaceToBatchND', ['x', 'block', 'around']),
      conv: op('Conv2D', ['spread', 'filter'], conv),
      y: op('BatchToSpaceND', ['conv', 'block', 'around']),
    },
  ],
  ['a slice that keeps the batch', { ...row, ...strided }],
  [
    'parts put together otherwise',
    {
      ...row,
      axis: int(1),
      parts: op('Split', ['axis', 'x'], { num_split: 2 }),
      y: op('ConcatV2', ['parts:1', 'parts', 'axis']),
    },
  ],
  ['a stop of the gradient', { ...row, stop: op('StopGradient', ['x']), y: op('Mul', ['x', 'stop']) }],
];

const coupled: [string, Nodes][] = [
  [
    'times the mean of the batch',
    {
      ...row,
      axis: ints(0),
      mean: op('Mean', ['x', 'axis'], { keep_dims: true }),
      y: op('Mul', ['x', 'mean']),
    },
  ],
  [
    'less the largest of all',
    {
      ...row,
      axes: ints(-2, 1),
      top: op('Max', ['x', 'axes'], { keep_dims: true }),
      y: op('Sub', ['x', 'top']),
    },
  ],
  ['a softmax over the batch', { x: input([null]), y: op('Softmax', ['x']) }],
  [
    'times how many there are',
    {
      ...row,
      size: op('Size', ['x']),
      number: op('Cast', ['size'], { DstT: { type: 'DT_FLOAT' } }),
      y: op('Mul', ['x', 'number']),
    },
  ],
  ['a sum along the batch', { ...row, axis: int(0), y: op('Cumsum', ['x', 'axis']) }],
  ['turned on its side', { ...row, perm: ints(1, 0), y: op('Transpose', ['x', 'perm']) }],
  [
    'times itself on its side',
    {
      ...row,
      w: numbers(6, 6),
      y: op('MatMul', ['x', 'side']),
      perm: ints(1, 0),
      side: op('Transpose', ['x', 'perm']),
    },
  ],
  [
    'cut from the batch',
    { ...row, from: ints(1, 0), size: ints(-1, -1), y: op('Slice', ['x', 'from', 'size']) },
  ],
  [
    'the first of the batch, from each',
    {
      ...row,
      ...strided,
      end: ints(1, 6),
      begin: ints(0, 0),
      first: op('StridedSlice', ['x', 'begin', 'end', 'steps']),
      y: op('Sub', ['x', 'first']),
    },
  ],
  ['put behind one another', { ...row, axis: int(0), y: op('ConcatV2', ['x', 'x', 'axis']) }],
  [
    'rows of a shape with the batch in the middle',
    { ...image, to: ints(4, -1), y: op('Reshape', ['x', 'to']) },
  ],
  ['a row more in the batch than there are', { ...row, w: numbers(3, 6), y: op('AddV2', ['x', 'w']) }],
  ['an axis more in front', { ...row, w: numbers(2, 1, 6), y: op('AddV2', ['x', 'w']) }],
  [
    'rows that stay spread',
    {
      ...image,
      block: ints(2, 2),
      around: constant([0, 0, 0, 0], [2, 2], 'int32'),
      y: op('SpaceToBatchND', ['x', 'block', 'around']),
    },
  ],
  ['an op that nobody knows', { ...row, y: op('Mystery', ['x']) }],
];

const ask = (graph: TinyGraph, end = 'y') =>
  standsAlone(inside(graph), [inside(graph).executor.graph.nodes[end]!]);

describe('whether each sample stands for itself in a graph', () => {
  it.each(apart)('is known: %s', async (_name, nodes) => {
    const graph = tinyGraph(nodes, ['y']);
    expect(ask(graph)).toBe(true);
    const shape = graph.inputs[0]!.shape!.slice(1);
    const size = shape.reduce((a, b) => a * b, 1);
    const samples = [0, 1, 2].map((k) =>
      tensor(
        Array.from({ length: size }, (_, i) => Math.cos(i + 3 * k)),
        [1, ...shape],
      ),
    );
    const together = graph.execute(concat(samples)) as Tensor;
    await expectSame(together, concat(samples.map((sample) => graph.execute(sample) as Tensor)));
  });

  it.each(coupled)('is not, or is not known: %s', (_name, nodes) => {
    expect(ask(tinyGraph(nodes, ['y']))).toBe(false);
  });

  it('is asked for what leads to the nodes asked for alone', () => {
    const graph = tinyGraph({ ...coupled[0]![1], aside: op('Square', ['x']) }, ['y', 'aside']);
    expect([ask(graph, 'aside'), ask(graph)]).toEqual([true, false]);
  });
});

describe('a batch of more than fits the budget', () => {
  // the inside of a graph is not known: 134 MB for each sample
  const nodes: Nodes = {
    x: input([null, 256, 256, 2]),
    first: ints(0),
    rest: ints(1, 2),
    mean: op('Mean', ['x', 'first'], { keep_dims: true }),
    product: op('Mul', ['x', 'mean']),
    y: op('Mean', ['product', 'rest'], { keep_dims: false }),
  };

  it('is explained as a whole where its samples are coupled', async () => {
    const graph = tinyGraph(nodes, ['y']);
    const levels = tensor([1, 2, 3, 4, 5, 6], [6, 1, 1, 1]);
    const x = tidy(() => mul(levels, ones([6, 256, 256, 2])));
    const before = memory().numTensors;
    const map = saliency(graph, x, { target: 0 });
    const pixels = slice(map, [0, 0, 0, 0], [6, 1, 1, 1]);
    // y = x m, m = 3.5 the mean of the batch: each m + (1 + ... + 6) / 6, over 65536 pixels
    for (const value of await pixels.data()) expect(value * 65536).toBeCloseTo(7, 4);
    dispose([map, pixels]);
    expect(memory().numTensors).toBe(before);
    dispose([x, levels]);
  });
});
