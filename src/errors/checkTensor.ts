import type { Tensor } from '@tensorflow/tfjs-core';
import { isTensor } from '../backends/isTensor';
import { ours } from './door';
import { toTensor } from './toTensor';
import { wrongKind } from './wrongKind';

export { isTensor };

/** Refuses what is no tensor of numbers where one belongs. */
export function checkTensor(value: unknown, name: string): asserts value is Tensor {
  if (!isTensor(value)) throw wrongKind(`${name} to be a tensor`, value, toTensor(value, name));
  checkNumbers(value, name);
}

/** Refuses a tensor that is disposed, or holds no numbers. */
export function checkNumbers({ isDisposed, dtype }: Tensor, name: string): void {
  if (isDisposed) throw ours(new Error(`expected ${name} to be a tensor in use, got a disposed one`));
  if (dtype !== 'string' && dtype !== 'complex64') return;
  throw ours(new TypeError(`expected ${name} to hold numbers, got a tensor of dtype ${dtype}`));
}
