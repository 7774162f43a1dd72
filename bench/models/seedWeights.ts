import { tensor } from '@tensorflow/tfjs-core';
import type { LayersModel } from '@tensorflow/tfjs-layers';
import { Random, sizeOf } from '../../test/conformance/random.ts';

/**
 * Fills a model built with zeros, always with the same numbers.
 *
 * Kernels as He et al. start them: activations keep their size from layer to layer, half of the rectifiers
 * are open, and no number falls among the denormals, with which a CPU computes many times slower.
 */
export function seedWeights(model: LayersModel): void {
  model.layers.forEach((layer, i) => {
    layer.weights.forEach((weight, j) => {
      const shape = weight.shape.map(Number);
      const kind = weight.originalName.replace(/^.*\//, '');
      const [low, high] = rangeOf(kind, shape);
      const random = new Random(`${model.name}/${i}/${j}`);
      const values = new Float32Array(sizeOf(shape));
      for (let k = 0; k < values.length; k++) values[k] = low + (high - low) * random.next();
      const seeded = tensor(values, shape);
      weight.write(seeded); // shares the data: no second copy of half a gigabyte
      seeded.dispose();
    });
  });
}

function rangeOf(kind: string, shape: readonly number[]): [number, number] {
  if (kind === 'gamma' || kind === 'moving_variance') return [0.5, 1.5];
  if (kind !== 'kernel') return [-0.1, 0.1];
  const limit = Math.sqrt(6 / sizeOf(shape.slice(0, -1)));
  return [-limit, limit];
}
