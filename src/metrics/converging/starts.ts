import { tensor } from '@tensorflow/tfjs-core';
import type { Tensor } from '@tensorflow/tfjs-core';
import { isTensor } from '../../backends/isTensor';
import { checkTensor } from '../../errors/checkTensor';
import { ours } from '../../errors/door';
import { randomNumbers } from '../../explanations/noise/randomNumbers';
import { cellsOf } from '../../explanations/passes/readBack';

/** Gives a vector for an output of this shape, as a tensor that is broadcast to it. */
export type Start = (shape: readonly number[]) => Tensor;

/** A start for each of so many random vectors, or for each that is given. */
export async function startsOf(vectors: number | Tensor, seed: number): Promise<Start[]> {
  if (isTensor(vectors)) {
    const [count = 0, ...one] = vectors.shape;
    const values = await cellsOf(vectors);
    const size = values.length / count;
    return Array.from({ length: count }, (_, i) => (shape) => {
      if (shape.slice(1).join() !== one.join()) {
        throw ours(
          new RangeError(
            `expected vectors to have shape [vectors, ${shape.slice(1).join(', ')}], got [${vectors.shape.join(', ')}]`,
          ),
        );
      }
      return tensor(Float32Array.from(values.subarray(i * size, (i + 1) * size)), [1, ...one]);
    });
  }
  const random = randomNumbers(seed);
  return Array.from({ length: vectors }, () => {
    const own = Math.floor(random.uniform() * 2 ** 32);
    return (shape) => {
      const numbers = randomNumbers(own); // the same each time
      const one = shape.slice(1);
      const size = one.reduce((product, length) => product * length, 1);
      return tensor(
        new Float32Array(size).map(() => numbers.normal()),
        [1, ...one],
      );
    };
  });
}

/** Refuses what is no list of vectors. */
export function checkVectors(vectors: unknown): void {
  checkTensor(vectors, 'vectors');
  if (vectors.rank > 1 && vectors.shape[0] >= 2) return;
  throw ours(
    new RangeError(
      `expected vectors to be two or more, [vectors, ...one sample], got [${vectors.shape.join(', ')}]`,
    ),
  );
}
