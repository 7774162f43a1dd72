import { getBackend, sum, square, tensor2d, type Tensor } from '@tensorflow/tfjs-core';
import {
  input as symbolicInput,
  layers,
  model as layersModel,
  type SymbolicTensor,
} from '@tensorflow/tfjs-layers';
import { deconvnet, guidedBackprop, saliency, valueAndSaliency } from 'guided-saliency';
import { describe, expect, it } from 'vitest';
import { constant, input, op, tinyGraph } from '../support/tinyGraph';
import { dense, stack } from '../support/tinyLayers';
import { rounded } from '../support/rounded';

const x = tensor2d([
  [1, 2],
  [-1, 1],
]);

/** `a` = x [1 2; 3 4], `b` = relu a, scores = b [5 6; 7 8] */
const model = () =>
  stack(
    [2],
    dense(
      [
        [1, 2],
        [3, 4],
      ],
      { name: 'a' },
    ),
    layers.reLU({ name: 'b' }),
    dense(
      [
        [5, 6],
        [7, 8],
      ],
      { name: 'scores' },
    ),
  );

describe('wrt', () => {
  it('is a layer by its name: the gradient with respect to its output, in its shape', async () => {
    expect(await rounded(saliency(model(), x, { wrt: 'b', target: 1 }))).toEqual([6, 8, 6, 8]);
    expect(await rounded(saliency(model(), x, { wrt: 'scores', target: 1 }))).toEqual([0, 1, 0, 1]);
    const { map, value } = valueAndSaliency(model(), [x], { wrt: 'a', target: 0 });
    expect(map.shape).toEqual([2, 2]);
    expect(await rounded(map)).toEqual([5, 7, 5, 7]);
    expect(await rounded(value)).toEqual([7 * 5 + 10 * 7, 2 * 5 + 2 * 7]);
  });

  it('is a place, as in a target', async () => {
    expect(await rounded(saliency(model(), x, { wrt: { layer: 'b' }, target: { layer: 'scores' } }))).toEqual(
      [11, 15, 11, 15],
    );
    // its own output
    expect(await rounded(saliency(model(), x, { wrt: 'b', target: { layer: 'b', channel: 0 } }))).toEqual([
      1, 0, 1, 0,
    ]);
  });

  it('stops a rule before it gets there', async () => {
    const signs = stack(
      [2],
      dense(
        [
          [1, 2],
          [3, 4],
        ],
        { name: 'a', activation: 'relu' },
      ),
      layers.reLU({ name: 'b' }),
      dense([[5], [-7]]),
    );
    const at = tensor2d([[1, 2]]);
    expect(await rounded(guidedBackprop(signs, at, { wrt: 'a' }))).toEqual([5, 0]);
    expect(await rounded(deconvnet(signs, at, { wrt: 'a' }))).toEqual([5, 0]);
    expect(await rounded(saliency(signs, at, { wrt: 'a' }))).toEqual([5, -7]);
  });

  it('is a layer of a nested model, by the path of names', async () => {
    const inner = model();
    inner.name = 'inner';
    const at = symbolicInput({ shape: [2] });
    const outer = layersModel({ inputs: at, outputs: inner.apply(at) as SymbolicTensor });
    expect(await rounded(saliency(outer, x, { wrt: ['inner', 'b'], target: 1 }))).toEqual([6, 8, 6, 8]);
    expect(await rounded(saliency(outer, x, { wrt: { layer: ['inner', 'a'] }, target: 1 }))).toEqual([
      6, 8, 6, 8,
    ]);
  });

  it('is one call of a shared layer', async () => {
    const at = symbolicInput({ shape: [2] });
    const shared = dense(
      [
        [1, 2],
        [3, 4],
      ],
      { name: 'shared' },
    );
    const outer = layersModel({ inputs: at, outputs: shared.apply(shared.apply(at)) as SymbolicTensor });
    expect(await rounded(saliency(outer, x, { wrt: { layer: 'shared', node: 0 }, target: 0 }))).toEqual([
      1, 3, 1, 3,
    ]);
    expect(await rounded(saliency(outer, x, { wrt: { layer: 'shared', node: 1 }, target: 0 }))).toEqual([
      1, 0, 1, 0,
    ]);
  });

  it('is the input layer of one of several inputs', async () => {
    const [left, right] = ['left', 'right'].map((name) => symbolicInput({ shape: [2], name })) as [
      SymbolicTensor,
      SymbolicTensor,
    ];
    const both = layers.concatenate().apply([left, right]) as SymbolicTensor;
    const two = layersModel({
      inputs: [left, right],
      outputs: dense([[1], [2], [3], [4]]).apply(both) as SymbolicTensor,
    });
    expect(await rounded(saliency(two, [x, x], { wrt: 'right' }))).toEqual([3, 4, 3, 4]);
  });

  it('is a node of a GraphModel, and one of its outputs', async () => {
    const graph = tinyGraph(
      {
        x: input([null, 2]),
        w: constant([1, 2, 3, 4], [2, 2]),
        'block/MatMul': op('MatMul', ['x', 'w']),
        axis: constant([1], [], 'int32'),
        halves: op('Split', ['axis', 'block/MatMul'], { num_split: 2 }),
        product: op('Mul', ['halves', 'halves:1']),
      },
      ['product'],
    );
    const at = tensor2d([[1, 2]]); // halves 7 and 10
    expect(await rounded(saliency(graph, at, { wrt: 'block/MatMul' }))).toEqual([10, 7]);
    expect(await rounded(saliency(graph, at, { wrt: { layer: 'block/MatMul' } }))).toEqual([10, 7]);
    expect(await rounded(saliency(graph, at, { wrt: 'halves:1' }))).toEqual([7]);
    expect(await rounded(saliency(graph, at, { wrt: { layer: 'halves', output: 0 } }))).toEqual([10]);
  });

  it('is what integers are made into: an embedding', async () => {
    const table = [
      [1, 2],
      [3, 4],
      [5, 6],
    ];
    const words = symbolicInput({ shape: [3], dtype: 'int32', name: 'words' });
    const embedded = layers
      .embedding({ inputDim: 3, outputDim: 2, weights: [tensor2d(table)], name: 'embedding' })
      .apply(words);
    const flat = layers.flatten().apply(embedded) as SymbolicTensor;
    const out = dense([[1], [2], [3], [4], [5], [6]]).apply(flat) as SymbolicTensor;
    const map = saliency(
      layersModel({ inputs: words, outputs: out }),
      tensor2d([[2, 0, 1]], [1, 3], 'int32'),
      { wrt: 'embedding' },
    );
    expect(map.shape).toEqual([1, 3, 2]);
    expect(await rounded(map)).toEqual([1, 2, 3, 4, 5, 6]);
  });

  it('is an embedding that masks, behind which an RNN passes masked words by', async ({ skip }) => {
    skip(getBackend() === 'webgpu', 'TF.js does not transpose a mask there');
    const words = symbolicInput({ shape: [4], dtype: 'int32' });
    const embedded = layers
      .embedding({ inputDim: 3, outputDim: 2, maskZero: true, name: 'embedding' })
      .apply(words);
    const cell = layers.lstm({ units: 2, recurrentInitializer: 'glorotUniform' });
    const masking = layersModel({
      inputs: words,
      outputs: dense([[1], [2]]).apply(cell.apply(embedded)) as SymbolicTensor,
    });
    const map = saliency(masking, tensor2d([[2, 1, 0, 0]], [1, 4], 'int32'), { wrt: 'embedding' });
    const ofWords = await rounded(map);
    expect(ofWords.slice(0, 4).every((value) => value !== 0)).toBe(true);
    expect(ofWords.slice(4)).toEqual([0, 0, 0, 0]);
  });

  it('is what integers are made into in a GraphModel', async () => {
    const graph = tinyGraph(
      {
        ids: input([null, 2], 'int32'),
        table: constant([1, 2, 3, 4, 5, 6], [3, 2]),
        axis: constant([0], [], 'int32'),
        embedded: op('GatherV2', ['table', 'ids', 'axis']),
        shape: constant([-1, 4], [2], 'int32'),
        flat: op('Reshape', ['embedded', 'shape']),
        w: constant([1, 2, 3, 4], [4, 1]),
        y: op('MatMul', ['flat', 'w']),
      },
      ['y'],
    );
    expect(await rounded(saliency(graph, tensor2d([[2, 0]], [1, 2], 'int32'), { wrt: 'embedded' }))).toEqual([
      1, 2, 3, 4,
    ]);
  });

  it('goes with a target function', async () => {
    const target = (y: Tensor) => sum(square(y), 1);
    // scores [105 122]: 2 (105 · 5 + 122 · 6), 2 (105 · 7 + 122 · 8)
    const map = saliency(model(), tensor2d([[1, 2]]), { wrt: 'b', target });
    expect(await rounded(map)).toEqual([2514, 3422]);
  });
});
