import type { Tensor } from '@tensorflow/tfjs-core';
import { isTensor } from '../backends/isTensor';
import type { Outputs } from './network';

/** The outputs of a model as a list, in their order. */
export function listOutputs(outputs: Outputs): Tensor[] {
  return isTensor(outputs) ? [outputs] : Array.isArray(outputs) ? outputs : Object.values(outputs);
}
