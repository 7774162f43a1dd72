import { env } from '@tensorflow/tfjs-core';
import type { GraphModelInside } from '../modelKinds';

/** TF.js's flag to keep what all nodes give, for debugging. */
const KEEPS = 'KEEP_INTERMEDIATE_TENSORS';

/**
 * A GraphModel to execute in the place of another, so that what that one keeps for debugging is neither freed
 * nor replaced, and nothing is kept of this call: TF.js writes to the executor. The model itself where it
 * keeps nothing.
 */
export function executing(model: GraphModelInside): GraphModelInside {
  const { executor } = model;
  // asking TF.js for a flag that the converter did not register would throw
  const isKeeping = env().getFlags()[KEEPS] === true || executor.clonedTensorsMap;
  if (!isKeeping) return model;
  const top = Object.create(executor, {
    clonedTensorsMap: { value: null, writable: true },
    keepIntermediateTensors: { get: () => false, set: () => undefined },
  }) as GraphModelInside['executor'];
  return Object.create(model, { executor: { value: top } }) as GraphModelInside;
}
