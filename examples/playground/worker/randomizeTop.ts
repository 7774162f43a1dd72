import { tensor, type Tensor } from '@tensorflow/tfjs-core';
import type { LayersModel } from '@tensorflow/tfjs-layers';

type Layer = LayersModel['layers'][number];

/** The layers whose weights can be made random, from the top down; batch norms stay as they are. */
export function randomLayersOf(model: LayersModel): Layer[] {
  const isBatchNorm = (layer: Layer) => layer.getClassName() === 'BatchNormalization';
  return model.layers.filter((layer) => layer.weights.length > 0 && !isBatchNorm(layer)).reverse();
}

/**
 * Makes the weights of the uppermost layers of a model random: all entries of each weight permuted, so that
 * it keeps its size and its spread. The same seed gives the same order, each layer one of its own.
 *
 * @param model Changed; give a model of your own.
 * @param stored What the layers' weights were, in the order of `randomLayersOf`.
 * @param before How many layers are random now.
 */
export function randomizeTop(
  model: LayersModel,
  stored: readonly (readonly Float32Array[])[],
  count: number,
  before: number,
  seed = 0,
): void {
  randomLayersOf(model).forEach((layer, i) => {
    if (i < count === i < before) return; // as it is to be
    const weights = layer.getWeights(); // TensorFlow.js keeps these; they are not ours to dispose
    const values = weights.map((weight, j) => {
      const own = stored[i]?.[j] ?? new Float32Array(weight.size);
      return i < count ? permuted(own, seed + 1000 * i + j) : own;
    });
    const tensors: Tensor[] = values.map((value, j) => tensor(value, weights[j]?.shape ?? [value.length]));
    layer.setWeights(tensors);
    for (const one of tensors) one.dispose();
  });
}

/** The weights of the layers that can be made random, as numbers. */
export async function storedWeights(model: LayersModel): Promise<Float32Array[][]> {
  const layers = randomLayersOf(model).map((layer) => layer.getWeights());
  return Promise.all(
    layers.map((weights) =>
      Promise.all(weights.map(async (weight) => (await weight.data<'float32'>()).slice())),
    ),
  );
}

/** Fisher and Yates' shuffle. */
function permuted(values: Float32Array, seed: number): Float32Array {
  const shuffled = values.slice();
  const random = randomNumbers(seed);
  for (let i = shuffled.length - 1; i > 0; i--) {
    const j = Math.floor(random() * (i + 1));
    [shuffled[i], shuffled[j]] = [shuffled[j] ?? 0, shuffled[i] ?? 0];
  }
  return shuffled;
}

/** Numbers in [0, 1) by mulberry32. */
function randomNumbers(seed: number): () => number {
  let state = seed + 0x9e3779b9;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let bits = Math.imul(state ^ (state >>> 15), state | 1);
    bits ^= bits + Math.imul(bits ^ (bits >>> 7), bits | 61);
    return ((bits ^ (bits >>> 14)) >>> 0) / 2 ** 32;
  };
}
