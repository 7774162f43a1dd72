import { env, profile, tidy } from '@tensorflow/tfjs-core';
import type { Tensor } from '@tensorflow/tfjs-core';

/**
 * The most bytes that TF.js holds at once while `run` runs, by `tf.profile`: what it held before counts, too.
 *
 * @throws What `run` throws.
 */
export async function peakBytes(run: () => Tensor): Promise<number> {
  // else TF.js reads back the result of each kernel to look for NaN
  env().set('CHECK_COMPUTATION_FOR_ERRORS', false);
  let failure: unknown;
  const info = await profile(() => {
    try {
      tidy(run).dispose();
    } catch (error) {
      failure = error; // thrown through `tf.profile`, it would leave the profiler on
    }
    return [];
  });
  if (failure !== undefined) throw failure as Error;
  return info.peakBytes;
}
