import { addN, reshape, sub, sum } from '@tensorflow/tfjs-core';
import type { Tensor } from '@tensorflow/tfjs-core';
import type { Inputs } from '../../model/inputs';
import { tensorsIn } from '../inputs/structure';

/** The sum of a map over all inputs, for each number that is explained: of each sample, or of all. */
export function sumOf(map: Inputs, value: Tensor): Tensor {
  const sums = tensorsIn(map).map((one) =>
    value.rank === 0 ? sum(one) : sum(reshape(one, [value.size, -1]), 1),
  );
  return addN(sums);
}

/**
 * What a map's sum misses of a difference of scores: `ΣM − (there − here)`, of each sample; of all together
 * where a score is one number for all.
 */
export function missing(map: Inputs, there: Tensor, here: Tensor): Tensor {
  return sub(sumOf(map, there), sub(there, here));
}
