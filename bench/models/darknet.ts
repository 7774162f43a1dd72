import { input, layers, model } from '@tensorflow/tfjs-layers';
import type { LayersModel, SymbolicTensor } from '@tensorflow/tfjs-layers';
import { activated, averaged, convolution, normalized, pooled } from './applying.ts';
import { seedWeights } from './seedWeights.ts';

/** A LayersModel with the layers of the Darknet reference network: batch norm, LeakyReLU, max pooling. */
export function darknet(side: number): LayersModel {
  const image = input({ shape: [side, side, 3] });
  let x: SymbolicTensor = image;
  [16, 32, 64, 128, 256, 512, 1024].forEach((filters, i) => {
    if (i > 0) x = pooled(x, 2, 2);
    x = normalized(convolution(x, filters, 3, { useBias: false }));
    x = layers.leakyReLU({ alpha: 0.1 }).apply(x) as SymbolicTensor;
  });
  const classes = averaged(convolution(x, 1000, 1));
  const built = model({ inputs: image, outputs: activated(classes, 'softmax'), name: 'darknet' });
  seedWeights(built);
  return built;
}
