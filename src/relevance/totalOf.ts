import type { Tensor } from '@tensorflow/tfjs-core';
import { sumOf } from '../explanations/paths/completeness';
import { isPlaceList } from '../explanations/explainer/options';
import type { TargetOptions } from '../explanations/explainer/options';
import type { Inputs } from '../model/inputs';

/**
 * The sum of a map over all inputs, for each number that is explained: of each sample, or of all.
 *
 * @returns undefined of a list of places, which have the whole sum each.
 */
export function totalOf(map: Inputs, value: Tensor, wrt: TargetOptions['wrt']): Tensor | undefined {
  return isPlaceList(wrt) ? undefined : sumOf(map, value);
}
