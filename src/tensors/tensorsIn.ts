import type { Tensor } from '@tensorflow/tfjs-core';
import { isTensor } from '../backends/isTensor';

/**
 * The tensors in a result: itself, or in its lists and plain objects. Other objects are left alone, whose
 * members may be anything, and do anything when they are read.
 */
export function tensorsIn(result: unknown, seen = new Set<unknown>()): Tensor[] {
  if (typeof result !== 'object' || result === null || seen.has(result)) return [];
  seen.add(result);
  if (isTensor(result)) return [result];
  const isPlain = Array.isArray(result) || Object.getPrototypeOf(result) === Object.prototype;
  return isPlain ? Object.values(result).flatMap((member) => tensorsIn(member, seen)) : [];
}
