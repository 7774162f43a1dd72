import { input, layers, model } from '@tensorflow/tfjs-layers';
import type { LayersModel, SymbolicTensor } from '@tensorflow/tfjs-layers';
import { activated, added, concatenated, dense } from './applying.ts';
import { seedWeights } from './seedWeights.ts';

const width = 192;
const heads = 3;
const blocks = 4;

/**
 * A small vision transformer as a LayersModel: patches of 16 × 16, four blocks as wide as ViT-Tiny's
 * (attention of three heads, layer norm, gelu), and the mean over the patches.
 */
export function transformer(side: number): LayersModel {
  const image = input({ shape: [side, side, 3] });
  const patches = layers.conv2d({
    filters: width,
    kernelSize: 16,
    strides: 16,
    kernelInitializer: 'zeros',
  });
  const shape = { targetShape: [(side / 16) ** 2, width] };
  let x = layers.reshape(shape).apply(patches.apply(image)) as SymbolicTensor;
  for (let i = 0; i < blocks; i++) {
    x = added(x, attention(normalized(x)));
    x = added(x, dense(dense(normalized(x), 4 * width, 'gelu_new'), width));
  }
  const mean = layers.globalAveragePooling1d({}).apply(normalized(x)) as SymbolicTensor;
  const built = model({ inputs: image, outputs: dense(mean, 1000, 'softmax'), name: 'transformer' });
  seedWeights(built);
  return built;
}

function attention(x: SymbolicTensor): SymbolicTensor {
  const seen = Array.from({ length: heads }, () => {
    const [query, key, value] = [0, 1, 2].map(() => dense(x, width / heads)) as [
      SymbolicTensor,
      SymbolicTensor,
      SymbolicTensor,
    ];
    const scores = layers.dot({ axes: [2, 2] }).apply([query, key]) as SymbolicTensor;
    return layers.dot({ axes: [2, 1] }).apply([activated(scores, 'softmax'), value]) as SymbolicTensor;
  });
  return dense(concatenated(...seen), width);
}

function normalized(x: SymbolicTensor): SymbolicTensor {
  return layers.layerNormalization({ epsilon: 1e-6 }).apply(x) as SymbolicTensor;
}
