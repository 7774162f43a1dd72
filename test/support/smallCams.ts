import { initializers, input, layers, model as functional } from '@tensorflow/tfjs-layers';
import type { LayersModel, SymbolicTensor } from '@tensorflow/tfjs-layers';
import { tensor, tensor4d, type Tensor } from '@tensorflow/tfjs-core';
import { dense, stack } from './tinyLayers';

/** Weights that are the same each time. */
export const uniform = (seed: number) => initializers.randomUniform({ minval: -1, maxval: 1, seed });

/** Layers on an input, one after the other. */
export function chained(x: SymbolicTensor, ...rest: layers.Layer[]): SymbolicTensor {
  return rest.reduce((y, layer) => layer.apply(y) as SymbolicTensor, x);
}

/** A model of one input and one output. */
export function network(shape: number[], ...rest: layers.Layer[]): LayersModel {
  const x = input({ shape });
  return functional({ inputs: x, outputs: chained(x, ...rest) });
}

/**
 * `a` of two channels, x and 2 x; then scores with a weight for each cell and channel, so that the gradients
 * at `a` are those weights: of class 0
 *
 *   channel 0:  3  0     channel 1:  1 -2
 *              -1  6                 0 -1
 *
 * and of class 1 all -1.
 */
export function weighedCells(): { model: LayersModel; x: Tensor } {
  const ofCells = [3, 1, 0, -2, -1, 0, 6, -1].map((weight) => [weight, -1]);
  const model = stack(
    [2, 2, 1],
    layers.conv2d({
      name: 'a',
      filters: 2,
      kernelSize: 1,
      useBias: false,
      weights: [tensor4d([1, 2], [1, 1, 1, 2])],
    }),
    layers.flatten(),
    dense(ofCells, { name: 'scores' }),
  );
  return { model, x: tensor([1, 2, 3, 4], [1, 2, 2, 1]) };
}
