import { input, layers, model } from '@tensorflow/tfjs-layers';
import type { LayersModel, SymbolicTensor } from '@tensorflow/tfjs-layers';
import { seedWeights } from './seedWeights.ts';

/** Channels of the narrow convolutions, blocks, and the stride of the first block, stage by stage. */
const stages = [
  [64, 3, 1],
  [128, 4, 2],
  [256, 6, 2],
  [512, 3, 2],
] as const;

/**
 * A LayersModel with the layers of ResNet50 as Keras exports it: padding, batch norm and activation are
 * layers of their own, convolutions have a bias before a batch norm, a block's first one has the stride.
 *
 * @param side Height and width of the image; 224 in the paper.
 */
export function resnet50(side: number): LayersModel {
  const image = input({ shape: [side, side, 3] });
  let x = zeroPadding(image, 3);
  x = relu(normalized(convolution(x, 64, 7, 2)));
  x = layers.maxPooling2d({ poolSize: 3, strides: 2 }).apply(zeroPadding(x, 1)) as SymbolicTensor;
  for (const [channels, blocks, stride] of stages) {
    x = block(x, channels, stride, true);
    for (let i = 1; i < blocks; i++) x = block(x, channels, 1, false);
  }
  x = layers.globalAveragePooling2d({}).apply(x) as SymbolicTensor;
  const classes = layers.dense({ units: 1000, activation: 'softmax', kernelInitializer: 'zeros' });
  const built = model({ inputs: image, outputs: classes.apply(x) as SymbolicTensor, name: 'resnet50' });
  seedWeights(built);
  return built;
}

function block(x: SymbolicTensor, channels: number, stride: number, projects: boolean): SymbolicTensor {
  const shortcut = projects ? normalized(convolution(x, 4 * channels, 1, stride)) : x;
  let y = relu(normalized(convolution(x, channels, 1, stride)));
  y = relu(normalized(convolution(y, channels, 3, 1)));
  y = normalized(convolution(y, 4 * channels, 1, 1));
  return relu(layers.add().apply([shortcut, y]) as SymbolicTensor);
}

function convolution(x: SymbolicTensor, filters: number, kernelSize: number, strides: number) {
  const padding = kernelSize === 3 ? 'same' : 'valid';
  const layer = layers.conv2d({ filters, kernelSize, strides, padding, kernelInitializer: 'zeros' });
  return layer.apply(x) as SymbolicTensor;
}

function normalized(x: SymbolicTensor): SymbolicTensor {
  return layers.batchNormalization({ epsilon: 1.001e-5 }).apply(x) as SymbolicTensor;
}

function relu(x: SymbolicTensor): SymbolicTensor {
  return layers.activation({ activation: 'relu' }).apply(x) as SymbolicTensor;
}

function zeroPadding(x: SymbolicTensor, padding: number): SymbolicTensor {
  return layers.zeroPadding2d({ padding: [padding, padding] }).apply(x) as SymbolicTensor;
}
