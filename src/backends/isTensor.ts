import type { Tensor } from '@tensorflow/tfjs-core';

/** Whether a value is a tensor, also of another copy of tfjs-core. */
export function isTensor(value: unknown): value is Tensor {
  const candidate = value as Partial<Tensor> | null;
  return (
    typeof candidate === 'object' &&
    candidate !== null &&
    Array.isArray(candidate.shape) &&
    candidate.dataId !== undefined &&
    typeof candidate.dispose === 'function'
  );
}
