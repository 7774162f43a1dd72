import { tidy } from '@tensorflow/tfjs-core';
import type { TensorContainer } from '@tensorflow/tfjs-core';

/** `tf.tidy` for results that hold null, which it leaves alone but its type refuses. */
export function tidied<T>(body: () => T): T {
  return tidy(body as () => TensorContainer) as T;
}
