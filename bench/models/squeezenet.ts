import { input, model } from '@tensorflow/tfjs-layers';
import type { LayersModel, SymbolicTensor } from '@tensorflow/tfjs-layers';
import { activated, averaged, concatenated, convolution, pooled } from './applying.ts';
import { seedWeights } from './seedWeights.ts';

/** A LayersModel with the layers of SqueezeNet 1.1: concatenations, no batch norm. */
export function squeezenet(side: number): LayersModel {
  const image = input({ shape: [side, side, 3] });
  let x = pooled(convolution(image, 64, 3, { strides: 2, activation: 'relu' }), 3, 2);
  for (const squeeze of [16, 16]) x = fire(x, squeeze);
  x = pooled(x, 3, 2);
  for (const squeeze of [32, 32]) x = fire(x, squeeze);
  x = pooled(x, 3, 2);
  for (const squeeze of [48, 48, 64, 64]) x = fire(x, squeeze);
  const classes = averaged(convolution(x, 1000, 1, { activation: 'relu' }));
  const built = model({ inputs: image, outputs: activated(classes, 'softmax'), name: 'squeezenet' });
  seedWeights(built);
  return built;
}

function fire(x: SymbolicTensor, squeeze: number): SymbolicTensor {
  const few = convolution(x, squeeze, 1, { activation: 'relu' });
  return concatenated(
    convolution(few, 4 * squeeze, 1, { activation: 'relu' }),
    convolution(few, 4 * squeeze, 3, { activation: 'relu' }),
  );
}
