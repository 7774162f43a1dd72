import { ours } from '../../errors/door';
import { checkNumber } from '../../errors/checkNumber';
import { shown } from '../../errors/kindOf';

/** Refuses what is no number of 0 or more. */
export function checkFrom0(name: string, value: unknown): void {
  checkNumber(value, `${name} to be a number of 0 or more`, (number) => number >= 0 && number < Infinity);
}

/** Refuses what says nothing of the bias. */
export function checkBias(bias: unknown): void {
  if (bias === undefined || bias === 'ignore') return;
  throw ours(new TypeError(`expected bias to be "ignore" or left out, got ${shown(bias)}`));
}
