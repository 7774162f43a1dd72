import { enableProdMode, setBackend } from '@tensorflow/tfjs-core';

/**
 * Starts a backend, which is loaded when it is first asked for.
 *
 * @throws Error if it does not start here.
 */
export async function startBackend(backend: 'wasm' | 'cpu'): Promise<void> {
  enableProdMode(); // no advice on other backends
  if (backend === 'wasm') await import('@tensorflow/tfjs-backend-wasm');
  else await import('@tensorflow/tfjs-backend-cpu');
  if (!(await setBackend(backend))) throw new Error(`--backend: "${backend}" does not start on this machine`);
}
