import { memory } from '@tensorflow/tfjs-core';
import { tfEngine } from '../../src/backends/engine';

/**
 * How many tensors, and buffers under them, `body` left behind; and whether TF.js's engine is its own again.
 */
export function leftBehind(body: () => void): { tensors: number; buffers: number; engine: string[] } {
  const before = memory();
  body();
  const after = memory();
  return {
    tensors: after.numTensors - before.numTensors,
    buffers: after.numDataBuffers - before.numDataBuffers,
    engine: ['runKernelFunc', 'gradients'].filter((name) =>
      Object.prototype.hasOwnProperty.call(tfEngine(), name),
    ),
  };
}

/** What it is to leave nothing behind, but for `results`. */
export const onlyResults = (results: number) => ({ tensors: results, buffers: results, engine: [] });

/** The message of what `body` throws. */
export function messageOf(body: () => unknown): string {
  try {
    body();
  } catch (error) {
    return `${(error as Error).name}: ${(error as Error).message}`;
  }
  return 'nothing thrown';
}
