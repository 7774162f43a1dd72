import type { Tensor } from '@tensorflow/tfjs-core';
import { isTensor } from '../backends/isTensor';
import type { Inputs } from '../model/inputs';

/** The tensors of a structure, in its order. */
export function tensorsIn(x: Inputs): Tensor[] {
  return isTensor(x) ? [x] : Object.values(x);
}

/** The same structure with other tensors, made one by one. */
export function mapTensors(x: Inputs, change: (tensor: Tensor, i: number) => Tensor): Inputs {
  if (isTensor(x)) return change(x, 0);
  if (Array.isArray(x)) return x.map(change);
  return Object.fromEntries(Object.entries(x).map(([name, tensor], i) => [name, change(tensor, i)]));
}

/** What stands in another structure where the `i`-th tensor of `x` does. */
export function partAt(other: unknown, x: Inputs, i: number): unknown {
  if (isTensor(x)) return other;
  return (Object(other) as Record<string, unknown>)[Object.keys(x)[i] as string];
}

/** Whether a value is made of tensors as inputs are. */
export function isInputs(x: unknown): x is Inputs {
  if (isTensor(x)) return true;
  const parts = typeof x === 'object' && x !== null ? Object.values(x) : [];
  return parts.length > 0 && parts.every(isTensor);
}
