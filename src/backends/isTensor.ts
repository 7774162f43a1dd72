import type { Tensor } from '@tensorflow/tfjs-core';

/** Whether a value is a tensor, also of another copy of tfjs-core. */
export function isTensor(value: unknown): value is Tensor {
  const { shape, dataId, dispose } = Object(value) as Partial<Tensor>;
  return Array.isArray(shape) && dataId !== undefined && typeof dispose === 'function';
}
