import type { Tensor } from '@tensorflow/tfjs-core';
import { ours } from '../../errors/door';
import type { Inputs } from '../../model/inputs';
import { tensorsIn } from './structure';

/** Refuses one number for several samples: a sum over all of them does not say what of it is whose. */
export function checkEach(value: Tensor, x: Inputs): void {
  if (value.rank > 0 || tensorsIn(x).every(({ shape }) => shape[0] === 1)) return;
  throw ours(
    new RangeError(
      'expected the target function to return a number for each sample, got one for all; ' +
        'return [batch], or explain the samples one by one',
    ),
  );
}
