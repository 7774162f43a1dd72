import { tensor2d, tensor4d } from '@tensorflow/tfjs-core';
import { layers, sequential, type LayersModel } from '@tensorflow/tfjs-layers';

type DenseArgs = Partial<Parameters<typeof layers.dense>[0]>;
type ConvolutionArgs = Partial<Parameters<typeof layers.conv2d>[0]>;
type Layer = layers.Layer;

/** A dense layer with these weights, `[from][to]`, and without a bias unless one is asked for. */
export const dense = (weights: number[][], args: DenseArgs = {}): Layer =>
  layers.dense({ units: weights[0]!.length, useBias: false, weights: [tensor2d(weights)], ...args });

/** A convolution of one channel into one, with this filter. */
export const convolution = (filter: number[][], args: ConvolutionArgs = {}): Layer =>
  layers.conv2d({
    filters: 1,
    kernelSize: [filter.length, filter[0]!.length],
    useBias: false,
    weights: [tensor4d(filter.map((row) => row.map((value) => [[value]])))],
    ...args,
  });

/** Layers on an input of this shape, one after the other. */
export function stack(inputShape: number[], ...rest: Layer[]): LayersModel {
  const model = sequential();
  model.add(layers.inputLayer({ inputShape }));
  for (const layer of rest) model.add(layer);
  return model;
}

/** z = x [1 -1 2; 1 1 -2], h = relu z, y = h [2 1 2; -3 1 0; 5 1 1]: to be worked out by hand. */
export const threeUnits = (): LayersModel =>
  stack(
    [2],
    dense(
      [
        [1, -1, 2],
        [1, 1, -2],
      ],
      { name: 'z' },
    ),
    layers.reLU({ name: 'h' }),
    dense(
      [
        [2, 1, 2],
        [-3, 1, 0],
        [5, 1, 1],
      ],
      { name: 'y' },
    ),
  );
