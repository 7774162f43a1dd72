import { ours } from './door';
import { shown } from './kindOf';

/**
 * Refuses what is no number, or one that does not fit.
 *
 * @param expected What the number is to be, e.g. `limit to be more than 0`.
 */
export function checkNumber(
  value: unknown,
  expected: string,
  fits: (value: number) => boolean,
): asserts value is number {
  if (typeof value === 'number' && fits(value)) return;
  throw ours(new RangeError(`expected ${expected}, got ${shown(value)}`));
}
