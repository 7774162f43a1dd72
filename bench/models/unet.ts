import { input, layers, model } from '@tensorflow/tfjs-layers';
import type { LayersModel, SymbolicTensor } from '@tensorflow/tfjs-layers';
import { concatenated, convolution, pooled } from './applying.ts';
import { seedWeights } from './seedWeights.ts';

/** Channels of each level, from the image down. */
const levels = [16, 32, 64, 128] as const;

/** A small U-Net as a LayersModel: a class for each pixel; transposed convolutions, concatenations. */
export function unet(side: number): LayersModel {
  const image = input({ shape: [side, side, 3] });
  let x: SymbolicTensor = image;
  const skips = levels.map((channels) => {
    const skip = twice(x, channels);
    x = pooled(skip, 2, 2);
    return skip;
  });
  x = twice(x, 256);
  for (let i = levels.length - 1; i >= 0; i--) {
    const up = layers.conv2dTranspose({
      filters: levels[i]!,
      kernelSize: 2,
      strides: 2,
      kernelInitializer: 'zeros',
    });
    x = twice(concatenated(up.apply(x) as SymbolicTensor, skips[i]!), levels[i]!);
  }
  const classes = layers.conv2d({
    filters: 4,
    kernelSize: 1,
    activation: 'softmax',
    kernelInitializer: 'zeros',
  });
  const built = model({ inputs: image, outputs: classes.apply(x) as SymbolicTensor, name: 'unet' });
  seedWeights(built);
  return built;
}

function twice(x: SymbolicTensor, filters: number): SymbolicTensor {
  const once = convolution(x, filters, 3, { activation: 'relu' });
  return convolution(once, filters, 3, { activation: 'relu' });
}
