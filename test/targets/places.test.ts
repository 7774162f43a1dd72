import { tensor2d, tensor4d, transpose } from '@tensorflow/tfjs-core';
import {
  input as symbolicInput,
  layers,
  model as layersModel,
  type LayersModel,
  type SymbolicTensor,
} from '@tensorflow/tfjs-layers';
import { guidedBackprop, saliency, valueAndSaliency, type Target } from 'guided-saliency';
import { describe, expect, it } from 'vitest';
import { constant, input, op, tinyGraph } from '../support/tinyGraph';
import { dense, stack } from '../support/tinyLayers';
import { rounded } from '../support/rounded';

const pixels = tensor4d([1, 2, 3, 4, -1, -2, -3, -4], [2, 2, 2, 1]);

/** 1 × 1: channel 0 is 2 x, channel 1 is -3 x; then channel 0 + 10 × channel 1 of the ReLU's outputs. */
const twoChannels = () =>
  stack(
    [2, 2, 1],
    layers.conv2d({
      name: 'conv',
      filters: 2,
      kernelSize: 1,
      useBias: false,
      weights: [tensor4d([2, -3], [1, 1, 1, 2])],
    }),
    layers.reLU({ name: 'relu' }),
    layers.flatten({ name: 'flat' }),
    dense(
      Array.from({ length: 8 }, (_, i) => [i % 2 === 0 ? 1 : 10]),
      { name: 'score' },
    ),
  );

/** h = x [1 2; 3 4], y = h [5 6; 7 8], by layers `h` and `y`. */
const nestedModel = (name: string): LayersModel => {
  const at = symbolicInput({ shape: [2] });
  const h = dense(
    [
      [1, 2],
      [3, 4],
    ],
    { name: 'h' },
  ).apply(at) as SymbolicTensor;
  return layersModel({
    inputs: at,
    outputs: dense(
      [
        [5, 6],
        [7, 8],
      ],
      { name: 'y' },
    ).apply(h) as SymbolicTensor,
    name,
  });
};

const x = tensor2d([[1, -1]]);
const mapOf = async (model: LayersModel, target: Target) => rounded(saliency(model, x, { target }));

describe('the target', () => {
  it('is the whole output of a layer, summed per sample', async () => {
    expect(await rounded(saliency(twoChannels(), pixels, { target: { layer: 'conv' } }))).toEqual([
      -1, -1, -1, -1, -1, -1, -1, -1,
    ]);
    const { map, value, classes } = valueAndSaliency(twoChannels(), pixels, { target: { layer: 'relu' } });
    // the ReLU is open for channel 0 in the first image, for channel 1 in the second
    expect(await rounded(map)).toEqual([2, 2, 2, 2, -3, -3, -3, -3]);
    expect(await rounded(value)).toEqual([20, 30]);
    expect(classes).toBeNull();
  });

  it('is one channel of a layer, at every position', async () => {
    const { map, value } = valueAndSaliency(twoChannels(), pixels, { target: { layer: 'conv', channel: 1 } });
    expect(await rounded(map)).toEqual([-3, -3, -3, -3, -3, -3, -3, -3]);
    expect(await rounded(value)).toEqual([-30, 30]);
    expect(await rounded(saliency(twoChannels(), pixels, { target: { layer: 'relu', channel: 0 } }))).toEqual(
      [2, 2, 2, 2, 0, 0, 0, 0],
    );
  });

  it('is one unit of a layer: row, column, channel', async () => {
    const { map, value } = valueAndSaliency(twoChannels(), pixels, {
      target: { layer: 'conv', unit: [1, 0, 1] },
    });
    expect(await rounded(map)).toEqual([0, 0, -3, 0, 0, 0, -3, 0]);
    expect(await rounded(value)).toEqual([-9, 9]);
    expect(await rounded(saliency(twoChannels(), pixels, { target: { layer: 'flat', unit: [3] } }))).toEqual([
      0, 0, 0, 0, 0, -3, 0, 0,
    ]);
  });

  it('is a channel or a unit of a layer with its channels first', async ({ skip }) => {
    skip(!runsChannelsFirst(), 'the backend has no convolution with channels first');
    const model = stack(
      [1, 2, 2],
      layers.conv2d({
        name: 'conv',
        filters: 2,
        kernelSize: 1,
        useBias: false,
        dataFormat: 'channelsFirst',
        weights: [tensor4d([2, -3], [1, 1, 1, 2])],
      }),
    );
    const first = transpose(pixels, [0, 3, 1, 2]);
    expect(await rounded(saliency(model, first, { target: { layer: 'conv', channel: 1 } }))).toEqual([
      -3, -3, -3, -3, -3, -3, -3, -3,
    ]);
    expect(await rounded(saliency(model, first, { target: { layer: 'conv', unit: [1, 0, 1] } }))).toEqual([
      0, 0, -3, 0, 0, 0, -3, 0,
    ]);
  });

  it('is a layer of a Sequential in a Sequential in a Model, by the path of names', async () => {
    const innermost = nestedModel('innermost');
    const middle = stack(
      [2],
      dense([
        [0, 1],
        [1, 0],
      ]),
      innermost,
    );
    middle.name = 'middle';
    const at = symbolicInput({ shape: [2] });
    const outer = layersModel({ inputs: at, outputs: middle.apply(at) as SymbolicTensor });
    // x is swapped first
    expect(await mapOf(outer, { layer: ['middle', 'innermost', 'h'], channel: 0 })).toEqual([3, 1]);
    expect(await mapOf(outer, { layer: ['middle', 'innermost', 'y'], channel: 0 })).toEqual([43, 19]);
    expect(await mapOf(outer, { layer: ['middle', 'innermost'], channel: 1 })).toEqual([50, 22]);
    expect(await mapOf(outer, { layer: 'middle', channel: 1 })).toEqual([50, 22]);
    expect(await mapOf(outer, { layer: ['middle'], channel: 1 })).toEqual([50, 22]);
  });

  it('is a layer whose name contains slashes', async () => {
    const model = stack(
      [2],
      dense(
        [
          [1, 2],
          [3, 4],
        ],
        { name: 'block1/dense' },
      ),
      dense([[1], [1]]),
    );
    expect(await mapOf(model, { layer: 'block1/dense', channel: 1 })).toEqual([2, 4]);
    expect(await mapOf(model, { layer: ['block1/dense'], channel: 0 })).toEqual([1, 3]);
  });

  it('is the input layer', async () => {
    const at = symbolicInput({ shape: [2], name: 'pixels' });
    const model = layersModel({ inputs: at, outputs: dense([[1], [1]]).apply(at) as SymbolicTensor });
    expect(await mapOf(model, { layer: 'pixels', channel: 1 })).toEqual([0, 1]);
  });

  it('is one call of a layer that is called more than once, in the order of the calls', async () => {
    const at = symbolicInput({ shape: [2] });
    const shared = dense(
      [
        [1, 2],
        [3, 4],
      ],
      { name: 'shared' },
    );
    const once = shared.apply(at) as SymbolicTensor;
    const twice = shared.apply(once) as SymbolicTensor;
    const model = layersModel({ inputs: at, outputs: layers.add().apply([once, twice]) as SymbolicTensor });
    expect(await mapOf(model, { layer: 'shared', node: 0, channel: 0 })).toEqual([1, 3]);
    expect(await mapOf(model, { layer: 'shared', node: 1, channel: 0 })).toEqual([7, 15]); // [1 2; 3 4]² = [7 10; 15 22]
  });

  it('is one call of a layer in a nested model that is called more than once', async () => {
    const inner = nestedModel('inner');
    const at = symbolicInput({ shape: [2] });
    const model = layersModel({ inputs: at, outputs: inner.apply(inner.apply(at)) as SymbolicTensor });
    expect(await mapOf(model, { layer: ['inner', 'h'], node: [0, 0], channel: 0 })).toEqual([1, 3]);
    // [1 2; 3 4] [5 6; 7 8] [1 2; 3 4] = [85 126; 193 286]
    expect(await mapOf(model, { layer: ['inner', 'h'], node: [1, 0], channel: 0 })).toEqual([85, 193]);
    expect(await mapOf(model, { layer: 'inner', node: 0, channel: 0 })).toEqual([19, 43]);
  });

  it('is one of several outputs of a layer', async () => {
    const inner = (() => {
      const at = symbolicInput({ shape: [2] });
      const outputs = [
        [[1], [2]],
        [[3], [4]],
      ].map((weights) => dense(weights).apply(at) as SymbolicTensor);
      return layersModel({ inputs: at, outputs, name: 'two' });
    })();
    const at = symbolicInput({ shape: [2] });
    const model = layersModel({
      inputs: at,
      outputs: layers.add().apply(inner.apply(at)) as SymbolicTensor,
    });
    expect(await mapOf(model, { layer: 'two', output: 0 })).toEqual([1, 2]);
    expect(await mapOf(model, { layer: 'two', output: 1 })).toEqual([3, 4]);
  });

  it('is a node of a GraphModel, and one of its outputs', async () => {
    const graph = tinyGraph(
      {
        x: input([null, 2]),
        w: constant([1, 2, 3, 4], [2, 2]),
        'block1/dense/MatMul': op('MatMul', ['x', 'w']),
        axis: constant([1], [], 'int32'),
        halves: op('Split', ['axis', 'block1/dense/MatMul'], { num_split: 2 }),
        sum: op('AddV2', ['halves', 'halves:1']),
      },
      ['sum'],
    );
    const target = (place: Target) => rounded(saliency(graph, x, { target: place }));
    expect(await target({ layer: 'block1/dense/MatMul', channel: 1 })).toEqual([2, 4]);
    expect(await target({ layer: 'block1/dense/MatMul' })).toEqual([3, 7]);
    expect(await target({ layer: 'halves' })).toEqual([1, 3]);
    expect(await target({ layer: 'halves:1' })).toEqual([2, 4]);
    expect(await target({ layer: 'halves', output: 1 })).toEqual([2, 4]);
    expect(await target({ layer: 'x', unit: [1] })).toEqual([0, 1]);
  });

  it('is an intermediate layer under a rule, which holds up to there', async () => {
    const model = stack(
      [2],
      dense(
        [
          [1, 2],
          [3, 4],
        ],
        { activation: 'relu', name: 'h' },
      ),
      dense([[1], [-1]], { name: 'y' }),
      layers.reLU(),
    );
    // h = relu([-2 -2] · -1): 1 arrives at both
    expect(await rounded(guidedBackprop(model, tensor2d([[1, 1]]), { target: { layer: 'h' } }))).toEqual([
      3, 7,
    ]);
    expect(await rounded(guidedBackprop(model, tensor2d([[1, 1]]), { target: { layer: 'y' } }))).toEqual([
      1, 3,
    ]);
  });

  it('has its value also beside units that are infinite', async () => {
    const model = stack([2], layers.activation({ activation: 'linear', name: 'same' }));
    const { map, value } = valueAndSaliency(model, tensor2d([[Infinity, 2]]), {
      target: { layer: 'same', channel: 1 },
    });
    expect(await rounded(map)).toEqual([0, 1]);
    expect(await rounded(value)).toEqual([2]);
  });
});

/** wasm has no convolution with channels first. */
function runsChannelsFirst(): boolean {
  try {
    const model = stack([1, 1, 1], layers.conv2d({ filters: 1, kernelSize: 1, dataFormat: 'channelsFirst' }));
    (model.predict(tensor4d([1], [1, 1, 1, 1])) as { dispose(): void }).dispose();
    return true;
  } catch {
    return false;
  }
}
