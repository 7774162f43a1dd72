import { getBackend, ready, setBackend } from '@tensorflow/tfjs-core';
import '@tensorflow/tfjs-layers'; // tfjs-core alone registers no gradient

/** Makes `backend` the current one, or throws: TF.js itself only answers false, and goes on with another. */
export async function startBackend(backend: string): Promise<void> {
  const started = await setBackend(backend);
  await ready();
  if (!started || getBackend() !== backend) {
    throw new Error(`startBackend: backend "${backend}" did not start, the current one is "${getBackend()}"`);
  }
}
