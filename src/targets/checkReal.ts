import type { Tensor } from '@tensorflow/tfjs-core';
import { ours } from '../errors/door';

/** Refuses complex numbers as what is explained: none of them is more than another. */
export function checkReal(y: Tensor, what: string): void {
  if (y.dtype !== 'complex64') return;
  throw ours(
    new TypeError(
      `expected ${what} to be real numbers, got complex ones; explain what is made of them, or give a target ` +
        'function that takes their tf.abs, tf.real or tf.imag',
    ),
  );
}
