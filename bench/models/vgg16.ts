import { input, layers, model } from '@tensorflow/tfjs-layers';
import type { LayersModel, SymbolicTensor } from '@tensorflow/tfjs-layers';
import { seedWeights } from './seedWeights.ts';

/** Channels and number of convolutions of each stage. */
const stages = [
  [64, 2],
  [128, 2],
  [256, 3],
  [512, 3],
  [512, 3],
] as const;

/**
 * A LayersModel with the layers of VGG16 as Keras exports it: the activations are inside the convolutions,
 * and three quarters of the weights are in one dense layer.
 *
 * @param side Height and width of the image; 224 in the paper.
 */
export function vgg16(side: number): LayersModel {
  const image = input({ shape: [side, side, 3] });
  let x = image;
  for (const [filters, convolutions] of stages) {
    for (let i = 0; i < convolutions; i++) {
      x = convolution(x, filters);
    }
    x = layers.maxPooling2d({ poolSize: 2, strides: 2 }).apply(x) as SymbolicTensor;
  }
  x = layers.flatten().apply(x) as SymbolicTensor;
  for (const [units, activation] of [
    [4096, 'relu'],
    [4096, 'relu'],
    [1000, 'softmax'],
  ] as const) {
    x = layers.dense({ units, activation, kernelInitializer: 'zeros' }).apply(x) as SymbolicTensor;
  }
  const built = model({ inputs: image, outputs: x, name: 'vgg16' });
  seedWeights(built);
  return built;
}

function convolution(x: SymbolicTensor, filters: number): SymbolicTensor {
  const layer = layers.conv2d({
    filters,
    kernelSize: 3,
    padding: 'same',
    activation: 'relu',
    kernelInitializer: 'zeros',
  });
  return layer.apply(x) as SymbolicTensor;
}
