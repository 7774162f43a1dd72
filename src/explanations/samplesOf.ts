import { slice } from '@tensorflow/tfjs-core';
import type { Tensor } from '@tensorflow/tfjs-core';

/** Some of the samples, which are along the first axis. */
export function samplesOf(x: Tensor, first: number, count: number): Tensor {
  const begin = x.shape.map((_, axis) => (axis === 0 ? first : 0));
  return slice(x, begin, [count, ...x.shape.slice(1)]);
}
