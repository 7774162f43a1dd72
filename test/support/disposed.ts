import { zeros } from '@tensorflow/tfjs-core';
import type { DataType, Tensor } from '@tensorflow/tfjs-core';

/** A tensor that is no longer in use. */
export function disposed(shape: number[], dtype: DataType = 'float32'): Tensor {
  const one = zeros(shape, dtype);
  one.dispose();
  return one;
}
