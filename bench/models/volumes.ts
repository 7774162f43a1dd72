import { input, layers, model } from '@tensorflow/tfjs-layers';
import type { LayersModel, SymbolicTensor } from '@tensorflow/tfjs-layers';
import { dense } from './applying.ts';
import { seedWeights } from './seedWeights.ts';

/** A LayersModel of volumes, 16 × 64 × 64 × 1: five convolutions in three axes, with max pooling between. */
export function volumes(): LayersModel {
  const volume = input({ shape: [16, 64, 64, 1] });
  let x: SymbolicTensor = volume;
  [16, 32, 64, 64, 128].forEach((filters, i) => {
    const convolution = layers.conv3d({
      filters,
      kernelSize: 3,
      padding: 'same',
      activation: 'relu',
      kernelInitializer: 'zeros',
    });
    x = convolution.apply(x) as SymbolicTensor;
    if (i < 4) x = layers.maxPooling3d({ poolSize: 2 }).apply(x) as SymbolicTensor;
  });
  x = layers.flatten().apply(x) as SymbolicTensor;
  const built = model({ inputs: volume, outputs: dense(x, 10, 'softmax'), name: 'volumes' });
  seedWeights(built);
  return built;
}
