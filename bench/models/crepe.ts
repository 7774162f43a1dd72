import { input, layers, model } from '@tensorflow/tfjs-layers';
import type { LayersModel, SymbolicTensor } from '@tensorflow/tfjs-layers';
import { dense, normalized } from './applying.ts';
import { seedWeights } from './seedWeights.ts';

/** Filters of each convolution, a quarter of those of the largest CREPE, and the first one's kernel. */
const filters = [256, 32, 32, 32, 64, 128] as const;

/**
 * A LayersModel in the shape of CREPE, which tells the pitch of 1024 samples of sound: six convolutions of
 * 512, then 64 by 1, each with a batch norm after its ReLU and a max pooling.
 */
export function crepe(): LayersModel {
  const sound = input({ shape: [1024] });
  let x = layers.reshape({ targetShape: [1024, 1, 1] }).apply(sound) as SymbolicTensor;
  filters.forEach((channels, i) => {
    const convolution = layers.conv2d({
      filters: channels,
      kernelSize: i === 0 ? [512, 1] : [64, 1],
      strides: i === 0 ? [4, 1] : [1, 1],
      padding: 'same',
      activation: 'relu',
      kernelInitializer: 'zeros',
    });
    x = normalized(convolution.apply(x) as SymbolicTensor);
    x = layers.maxPooling2d({ poolSize: [2, 1] }).apply(x) as SymbolicTensor;
  });
  x = layers.flatten().apply(x) as SymbolicTensor;
  const built = model({ inputs: sound, outputs: dense(x, 360, 'sigmoid'), name: 'crepe' });
  seedWeights(built);
  return built;
}
