import { tensor, type Tensor } from '@tensorflow/tfjs-core';
import type { ConformanceCase, PlainFunction } from './conformanceCase';
import { sizeOf, type Random } from './random';

/** A constant for a function: random floats of a shape. */
export type Weight = (shape: readonly number[], low?: number, high?: number) => Tensor;

/** One case: an op of tfjs-core that no layer or graph reaches in this way, as a plain function. */
export function functionCase(
  subject: string,
  label: string,
  inputs: readonly (readonly number[])[],
  make: (weight: Weight) => (...inputs: Tensor[]) => Tensor | Tensor[],
  extras: Partial<Pick<ConformanceCase, 'range' | 'pinned'>> = {},
): ConformanceCase {
  return {
    subject,
    name: `tf.${subject}: ${label}`,
    inputs,
    range: [-1, 1],
    ...extras,
    build: (random: Random) => {
      const weights: Tensor[] = [];
      const f = make((shape, low = -1, high = 1) => {
        const weight = tensor(random.values(sizeOf(shape), low, high), [...shape]);
        weights.push(weight);
        return weight;
      });
      const model: PlainFunction = (x) => (Array.isArray(x) ? f(...x) : f(x));
      return {
        model,
        forward: (xs) => {
          const y = f(...xs);
          return Array.isArray(y) ? y : [y];
        },
        reset: () => undefined,
        dispose: () => weights.forEach((weight) => weight.dispose()),
      };
    },
  };
}
