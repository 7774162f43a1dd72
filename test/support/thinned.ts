import { getBackend } from '@tensorflow/tfjs-core';

const env = (import.meta as { env?: Record<string, string | undefined> }).env;

/** Whether every case runs on GPUs, too: `npm run test:whole`, for hours where a GPU is software. */
export const isWhole = env?.['VITE_WHOLE'] !== undefined;

/** Whether a part of the cases stands for all: on a GPU, which compiles shaders for each shape anew. */
export function isThinned(): boolean {
  return getBackend().startsWith('web') && !isWhole;
}

/** Whether this is the backend on which what takes long runs for all: wasm, the quickest. */
export function isQuickest(): boolean {
  return getBackend() === 'wasm' || isWhole;
}

/** On a GPU every n-th case of a grid stands for the others. */
export function thinned<T>(cases: readonly T[], n = 4): readonly T[] {
  return isThinned() ? cases.filter((_, i) => i % n === 0) : cases;
}
