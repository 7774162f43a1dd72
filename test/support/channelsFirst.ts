import { transpose, type Tensor } from '@tensorflow/tfjs-core';
import { input, layers, model as functional } from '@tensorflow/tfjs-layers';
import type { LayersModel, SymbolicTensor } from '@tensorflow/tfjs-layers';
import { chained, network, uniform } from './smallCams';
import { constant, input as placeholder, op, tinyGraph, type TinyGraph } from './tinyGraph';

/** An image `[batch, 4, 5, 2]` with its channels right after the batch. */
export const toFront = (x: Tensor): Tensor => transpose(x, [0, 3, 1, 2]);

/** The same network of images `[batch, 2, 4, 5]`, channels first, and of `[batch, 4, 5, 2]`. */
export function bothFormats(): { front: LayersModel; back: LayersModel } {
  const body = (format: object) => [
    layers.conv2d({
      name: 'c',
      filters: 3,
      kernelSize: 2,
      activation: 'relu',
      kernelInitializer: uniform(1),
      ...format,
    }),
    layers.globalAveragePooling2d(format),
    layers.dense({ units: 2, kernelInitializer: uniform(2) }),
  ];
  return {
    front: network([2, 4, 5], ...body({ dataFormat: 'channelsFirst' })),
    back: network([4, 5, 2], ...body({})),
  };
}

/** A graph of images `[batch, 2, 4, 5]`, as from PyTorch by way of ONNX, or of `[batch, 4, 5, 2]`. */
export function graphOf(format: 'first' | 'last'): TinyGraph {
  const isFirst = format === 'first';
  const moved = isFirst
    ? { order: constant([0, 2, 3, 1], [4], 'int32'), moved: op('Transpose', ['x', 'order']) }
    : {};
  return tinyGraph(
    {
      x: placeholder(isFirst ? [null, 2, 4, 5] : [null, 4, 5, 2]),
      ...moved,
      w: constant(
        Array.from({ length: 24 }, (_, i) => Math.sin(2 * i + 1)),
        [2, 2, 2, 3],
      ),
      c: op('Conv2D', [isFirst ? 'moved' : 'x', 'w'], {
        strides: [1, 1, 1, 1],
        dilations: [1, 1, 1, 1],
        padding: 'VALID',
        data_format: 'NHWC',
      }),
      r: op('Relu', ['c']),
      axes: constant([1, 2], [2], 'int32'),
      mean: op('Mean', ['r', 'axes'], { keep_dims: false }),
      v: constant([1, -2, 3, 0.5, -1, 1], [3, 2]),
      y: op('MatMul', ['mean', 'v']),
    },
    ['y'],
  );
}

/** The same of two inputs, whose scores are added: `front` has channels first, `back` has them last. */
export function mixedFormats(): LayersModel {
  const [front, back] = [
    input({ shape: [2, 4, 5], name: 'front' }),
    input({ shape: [4, 5, 2], name: 'back' }),
  ];
  const scores = (x: SymbolicTensor, format: object) =>
    chained(
      x,
      layers.conv2d({
        filters: 3,
        kernelSize: 2,
        activation: 'relu',
        kernelInitializer: uniform(3),
        ...format,
      }),
      layers.globalAveragePooling2d(format),
      layers.dense({ units: 2, kernelInitializer: uniform(4) }),
    );
  const both = [scores(front, { dataFormat: 'channelsFirst' }), scores(back, {})];
  return functional({ inputs: [front, back], outputs: layers.add().apply(both) as SymbolicTensor });
}
