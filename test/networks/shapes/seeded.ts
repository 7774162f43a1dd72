import { add, mul, tidy } from '@tensorflow/tfjs-core';
import type { LayersModel, SymbolicTensor } from '@tensorflow/tfjs-layers';
import { scattered } from '../../support/kernelGradient';

type Applied = { apply(x: SymbolicTensor | SymbolicTensor[]): unknown };

/** The output of a layer. */
export const on = (x: SymbolicTensor | SymbolicTensor[], layer: Applied): SymbolicTensor =>
  layer.apply(x) as SymbolicTensor;

/** The same model with weights without a pattern, the same wherever they are made; scales are positive. */
export function seeded(model: LayersModel, seed = 1): LayersModel {
  tidy(() => {
    const weights = model.weights.map(({ name, shape }, i) => {
      const sizes = shape as number[];
      const values = scattered(sizes, seed * 100 + i);
      if (/variance|gamma/.test(name)) return add(mul(values, 0.4), 1);
      if (sizes.length < 2) return mul(values, 0.3);
      const into = sizes.slice(0, -1).reduce((product, size) => product * size, 1);
      return mul(values, /embedding|token|position/.test(name) ? 1 : 3 / Math.sqrt(into));
    });
    model.setWeights(orderedAs(model, weights));
  });
  return model;
}

/** `setWeights` takes those that are trained, then the others, of each layer: in the order of `weights`. */
function orderedAs<T>(model: LayersModel, weights: T[]): T[] {
  const names = model.getWeights(false).length;
  if (names !== weights.length) throw new Error('seeded: not all weights are set');
  return weights;
}
