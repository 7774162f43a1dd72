import { ours } from '../../errors/door';
import { kindOf } from '../../errors/kindOf';

/** Refuses what is no number of 0 or more. */
export function checkFrom0(name: string, value: unknown): void {
  if (typeof value === 'number' && value >= 0 && value < Infinity) return;
  throw ours(new RangeError(`expected ${name} to be a number of 0 or more, got ${shown(value)}`));
}

/** Refuses what says nothing of the bias. */
export function checkBias(bias: unknown): void {
  if (bias === undefined || bias === 'ignore') return;
  throw ours(new TypeError(`expected bias to be "ignore" or left out, got ${shown(bias)}`));
}

/** A value as an error shows it. */
export function shown(value: unknown): string {
  return typeof value === 'string' ? `"${value}"` : typeof value === 'number' ? String(value) : kindOf(value);
}
