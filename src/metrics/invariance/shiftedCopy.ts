import type { Inputs } from '../../model/inputs';
import { isLayersModel } from '../../model/modelKinds';
import type { RandomizableModel } from '../randomizing/randomness';
import { shiftedGraph } from './shiftedGraph';
import { shiftedLayers } from './shiftedLayers';
import type { ShiftedModel } from './shiftedModel';

/**
 * A copy of a model that gives for `x + shift` what the model gives for `x`: the bias of the first layer with
 * weights is less by the sum of its kernel times the shift. What is padded with 0 on the way there, by the
 * layer itself or before it, is padded with the shift: there the copy is exact at the borders, too.
 *
 * @param from The nodes of a GraphModel at which its runs start; none for its inputs.
 */
export function shiftedCopy(
  maker: string,
  model: RandomizableModel,
  shift: number,
  x: Inputs,
  from: readonly string[],
): ShiftedModel {
  return isLayersModel(model) ? shiftedLayers(maker, model, shift) : shiftedGraph(model, shift, x, from);
}
