import type { Tensor } from '@tensorflow/tfjs-core';
import type { PreparedModel } from '../src/index.ts';
import { Recording } from '../src/tape/recording.ts';
import { networkOf } from '../src/model/networkOf.ts';

/**
 * The forward pass of a prepared model alone: batch norms folded, activations fused, nothing recorded. Twice
 * its time is the limit that a gradient is held against.
 *
 * Reaches into the library, which has no door for it: a prepared model is there to be explained.
 */
export function fusedForward(prepared: PreparedModel, x: Tensor): Tensor {
  const network = networkOf(prepared);
  const run = { x, tensors: [x], outputs: 'all' as const, places: [] };
  network.ready?.(run);
  const { outputs } = network.run(run, new Recording()); // which is never switched on
  return outputs as Tensor;
}
