import { addN, reshape, sum } from '@tensorflow/tfjs-core';
import type { Tensor } from '@tensorflow/tfjs-core';
import { isPlaceList } from '../explanations/options';
import type { TargetOptions } from '../explanations/options';
import { tensorsIn } from '../explanations/structure';
import type { Inputs } from '../model/inputs';

/**
 * The sum of a map over all inputs, for each number that is explained: of each sample, or of all.
 *
 * @returns undefined of a list of places, which have the whole sum each.
 */
export function totalOf(map: Inputs, value: Tensor, wrt: TargetOptions['wrt']): Tensor | undefined {
  if (isPlaceList(wrt)) return undefined;
  const totals = tensorsIn(map).map((one) =>
    value.rank === 0 ? sum(one) : sum(reshape(one, [value.size, -1]), 1),
  );
  return addN(totals);
}
