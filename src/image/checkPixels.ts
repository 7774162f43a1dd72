import { ours } from '../errors/door';
import { kindOf } from '../errors/kindOf';
import { isPromise, notAwaited } from '../errors/notAwaited';
import { isTensor } from '../errors/checkTensor';
import type { Pixels } from './pixels';

/** Refuses what is no picture where one belongs. */
export function checkPixels(value: unknown, name: string): asserts value is Pixels {
  const expected = `expected ${name} to be pixels`;
  if (isPromise(value)) throw notAwaited(value, expected);
  if (isTensor(value)) {
    const hint = 'make them with await toPixels(image) or await colorize(map)';
    throw ours(new TypeError(`${expected}, got a tensor; ${hint}`));
  }
  const { width, height, data } = (value ?? {}) as { [Key in keyof Pixels]?: unknown };
  if (!isSize(width) || !isSize(height) || !ArrayBuffer.isView(data)) {
    throw ours(new TypeError(`${expected}, { width, height, data }, got ${kindOf(value)}`));
  }
  const { length } = data as Uint8ClampedArray;
  if (length === 4 * width * height) return;
  const numbers = `4 x ${width} x ${height} = ${4 * width * height} numbers`;
  throw ours(new RangeError(`expected ${name} to hold ${numbers}, got ${length}`));
}

const isSize = (value: unknown): value is number => Number.isInteger(value) && (value as number) >= 0;
