import type { Tensor } from '@tensorflow/tfjs-core';
import { isTensor } from '../backends/isTensor';
import { ours } from './door';
import { kindOf } from './kindOf';
import { isPromise, notAwaited } from './notAwaited';

export { isTensor };

/** Refuses what is no tensor where one belongs. */
export function checkTensor(value: unknown, name: string): asserts value is Tensor {
  if (isTensor(value)) return;
  const expected = `expected ${name} to be a tensor`;
  if (isPromise(value)) throw notAwaited(value, expected);
  throw ours(new TypeError(`${expected}, got ${kindOf(value)}`));
}
