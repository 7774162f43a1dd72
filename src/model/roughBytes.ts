import type { Tensor } from '@tensorflow/tfjs-core';

/** An image network's results take up to 180 times what its image does: a VGG's, say. */
const TIMES_INPUT = 256;

/**
 * A bound, on the safe side, on what the results of a model's kernels take for these inputs, in bytes, where
 * nothing is known of it but its weights: what a network of dense layers gives is less than its weights, and
 * an image's features are a multiple of the image.
 */
export function roughBytes(inputs: readonly Tensor[], weights: number): number {
  return inputs.reduce((sum, { size, rank }) => {
    const features = rank > 2 ? 0 : (size * weights) / 16;
    return sum + 4 * (TIMES_INPUT * size + features);
  }, 0);
}
