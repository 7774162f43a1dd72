import { engine, getBackend, memory, ready, setBackend } from '@tensorflow/tfjs-core';
import '@tensorflow/tfjs-layers'; // tfjs-core alone registers no gradient

/** Makes `backend` the current one, or throws: TF.js itself only answers false, and goes on with another. */
export async function startBackend(backend: string): Promise<void> {
  const started = await setBackend(backend);
  await ready();
  if (!started || getBackend() !== backend) {
    throw new Error(`startBackend: backend "${backend}" did not start, the current one is "${getBackend()}"`);
  }
  forgetUncountable();
}

/**
 * A running sum along axis -1 has a size of NaN in TF.js's own kernels, and so has the count of all bytes
 * from then on: the next file of tests begins to count anew.
 */
function forgetUncountable(): void {
  if (Number.isNaN(memory().numBytes)) engine().state.numBytes = 0;
}
