import { setBackend } from '@tensorflow/tfjs-core';
import simple from '@tensorflow/tfjs-backend-wasm/dist/tfjs-backend-wasm.wasm?url';
import simd from '@tensorflow/tfjs-backend-wasm/dist/tfjs-backend-wasm-simd.wasm?url';
import threaded from '@tensorflow/tfjs-backend-wasm/dist/tfjs-backend-wasm-threaded-simd.wasm?url';
import type { BackendName } from '../settings';

/**
 * Starts a backend, which is loaded when it is first asked for.
 *
 * @throws Error if it does not start here.
 */
export async function startBackend(name: BackendName): Promise<void> {
  await load[name]();
  // TensorFlow.js says false, and goes on with another one
  if (!(await setBackend(name).catch(() => false)))
    throw new Error(`the backend ${name} does not start here; choose another`);
}

const load: Record<BackendName, () => Promise<unknown>> = {
  cpu: () => import('@tensorflow/tfjs-backend-cpu'),
  webgl: () => import('@tensorflow/tfjs-backend-webgl'),
  webgpu: () => import('@tensorflow/tfjs-backend-webgpu'),
  wasm: async () => {
    const { setWasmPaths } = await import('@tensorflow/tfjs-backend-wasm');
    setWasmPaths({
      'tfjs-backend-wasm.wasm': simple,
      'tfjs-backend-wasm-simd.wasm': simd,
      'tfjs-backend-wasm-threaded-simd.wasm': threaded,
    });
  },
};

/** The backends that there is something here to start with. */
export async function backendsHere(): Promise<BackendName[]> {
  const names: BackendName[] = ['cpu'];
  if (await hasWebGpu()) names.unshift('webgpu');
  if (new OffscreenCanvas(1, 1).getContext('webgl2') !== null) names.unshift('webgl');
  if (typeof WebAssembly === 'object') names.unshift('wasm');
  return names;
}

async function hasWebGpu(): Promise<boolean> {
  const { gpu } = navigator as { gpu?: { requestAdapter(): Promise<object | null> } };
  return gpu !== undefined && (await gpu.requestAdapter().catch(() => null)) !== null;
}
