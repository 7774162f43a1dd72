import { addN, sub, sum } from '@tensorflow/tfjs-core';
import type { Tensor } from '@tensorflow/tfjs-core';
import type { Inputs } from '../model/inputs';
import { tensorsIn } from './structure';

/**
 * What a map's sum misses of a difference of scores: `ΣM − (there − here)`, of each sample; of all together
 * where a score is one number for all.
 */
export function missing(map: Inputs, there: Tensor, here: Tensor): Tensor {
  const sums = tensorsIn(map).map((one) => {
    const axes = one.shape.map((_, axis) => axis);
    return sum(one, there.rank === 0 ? axes : axes.slice(1));
  });
  return sub(addN(sums), sub(there, here));
}
