import { createRequire } from 'node:module';
import { enableProdMode, ready, setBackend } from '@tensorflow/tfjs-core';

/** Backends that results are measured on. */
export type BackendName = 'wasm' | 'tensorflow';

/**
 * Starts wasm, or the backend of `@tensorflow/tfjs-node`, which is quicker, where that is installed.
 *
 * @throws Error if it does not start.
 */
export async function startBackend(name: BackendName): Promise<void> {
  enableProdMode();
  if (name === 'wasm') await import('@tensorflow/tfjs-backend-wasm');
  else createRequire(import.meta.url)('@tensorflow/tfjs-node');
  if (!(await setBackend(name))) throw new Error(`--backend: "${name}" does not start here`);
  await ready();
}
