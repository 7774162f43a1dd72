import { getBackend, ones, tensor4d } from '@tensorflow/tfjs-core';
import { input, layers, model as functional, type LayersModel } from '@tensorflow/tfjs-layers';
import { explain, gradCam, type Model } from 'guided-saliency';
import { describe, expect, it } from 'vitest';
import { rounded } from '../../support/rounded';
import { chained, uniform } from '../../support/smallCams';
import { constant, input as placeholder, op, tinyGraph } from '../../support/tinyGraph';

/* Which layer a class activation map looks at where none is named. */

const conv = (name: string, filters: number, strides = 1) =>
  layers.conv2d({
    name,
    filters,
    kernelSize: 1,
    strides,
    activation: 'relu',
    kernelInitializer: uniform(filters),
  });
const row = (cells: number) => layers.reshape({ targetShape: [cells, 2] });

/** Scores of 16 and 4 anchors, from a large map and a small one made of it. */
function detector(): LayersModel {
  const x = input({ shape: [4, 4, 3] });
  const large = chained(x, conv('large', 3));
  const small = chained(large, conv('small', 4, 2));
  const anchors = layers
    .concatenate({ axis: 1, name: 'anchors' })
    .apply([chained(large, conv('large_head', 2), row(16)), chained(small, conv('small_head', 2), row(4))]);
  return functional({
    inputs: x,
    outputs: chained(anchors as ReturnType<typeof chained>, layers.activation({ activation: 'sigmoid' })),
  });
}

const convolution = { strides: [1, 1, 1, 1], padding: 'VALID', data_format: 'NHWC', dilations: [1, 1, 1, 1] };

/** The same shape as a graph whose rows are as many as the shape of the input says. */
const graph = () =>
  tinyGraph(
    {
      x: placeholder([null, 4, 4, 1]),
      w: constant([1, 2], [1, 1, 1, 2]),
      v: constant([1, -1, 2, 1], [1, 1, 2, 2]),
      large: op('Relu', ['largeConv']),
      largeConv: op('Conv2D', ['x', 'w'], convolution),
      small: op('Conv2D', ['large', 'v'], { ...convolution, strides: [1, 2, 2, 1] }),
      largeHead: op('Conv2D', ['large', 'v'], convolution),
      smallHead: op('Conv2D', ['small', 'v'], convolution),
      shape: op('Shape', ['x']),
      zero: constant([0], [1], 'int32'),
      one: constant([1], [1], 'int32'),
      batch: op('StridedSlice', ['shape', 'zero', 'one', 'one'], { shrink_axis_mask: 1 }),
      any: constant([-1], [], 'int32'),
      two: constant([2], [], 'int32'),
      rows: op('Pack', ['batch', 'any', 'two'], { N: 3, axis: 0 }),
      largeRow: op('Reshape', ['largeHead', 'rows']),
      smallRow: op('Reshape', ['smallHead', 'rows']),
      axis: constant([1], [], 'int32'),
      anchors: op('ConcatV2', ['smallRow', 'largeRow', 'axis'], { N: 2 }),
      scores: op('Sigmoid', ['anchors']),
    },
    ['scores'],
  );

const taken = async (model: Model, shape: number[], target: object): Promise<unknown> => {
  const { record } = await explain(gradCam, model, ones(shape), { target } as never);
  return (record.options as { layer: unknown }).layer;
};

describe('the layer that is taken', () => {
  it('is what all heads of a detector are made of, not the rows of anchors', async () => {
    expect(await taken(detector(), [1, 4, 4, 3], { class: 0, at: [17] })).toBe('large');
    expect(await taken(graph(), [1, 4, 4, 1], { class: 0, at: [17] })).toBe('large');
  });

  it('is the last before one head, where the target is a place there', async () => {
    expect(await taken(detector(), [1, 4, 4, 3], { layer: 'small_head', channel: 0 })).toBe('small');
    expect(await taken(graph(), [1, 4, 4, 1], { layer: 'smallRow', channel: 0 })).toBe('small');
  });

  it('is where branches of channels come together', async () => {
    const x = input({ shape: [4, 4, 3] });
    const stem = chained(x, conv('stem', 3));
    const joined = layers
      .concatenate({ name: 'joined' })
      .apply([chained(stem, conv('a', 2)), chained(stem, conv('b', 4))]);
    const y = chained(
      joined as ReturnType<typeof chained>,
      layers.globalAveragePooling2d({}),
      layers.dense({ units: 2 }),
    );
    expect(await taken(functional({ inputs: x, outputs: y }), [1, 4, 4, 3], { class: 0, output: 0 })).toBe(
      'joined',
    );
  });

  // wasm's own fused convolution refuses a bias of four axes, as converters write it for ResNets; webgl and
  // webgpu compute it wrongly, which is refused
  it.skipIf(getBackend().startsWith('webg'))('is found by kernels as an explanation runs them', async () => {
    const model = tinyGraph(
      {
        x: placeholder([null, 2, 2, 1]),
        w: constant([2, -3], [1, 1, 1, 2]),
        b: constant([-5, 10], [1, 1, 1, 2]),
        conv: op('_FusedConv2D', ['x', 'w', 'b'], {
          ...convolution,
          fused_ops: ['BiasAdd', 'Relu'],
          num_args: 1,
          epsilon: { float: 0 },
        }),
        axes: constant([1, 2], [2], 'int32'),
        scores: op('Mean', ['conv', 'axes'], { keep_dims: false }),
      },
      ['scores'],
    );
    const x = tensor4d([1, 4, 3, 5], [1, 2, 2, 1]);
    // the first channel, relu(2 x − 5), times its mean gradient of 1/4
    expect(await rounded(gradCam(model, x, { target: 0 }))).toEqual([0, 0.75, 0.25, 1.25]);
    expect(await taken(model, [1, 2, 2, 1], { class: 0, output: 0 })).toBe('conv');
  });
});
