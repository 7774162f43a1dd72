import { checkNumber } from '../../errors/checkNumber';
import { ours } from '../../errors/door';
import { shown } from '../../errors/kindOf';
import { quoted } from '../../errors/quoted';

/** Refuses what is no number above 0. */
export function checkAbove(name: string, value: unknown): void {
  checkNumber(value, `${name} to be a number above 0`, (number) => number > 0 && number < Infinity);
}

/** Refuses what is no number from 0 to 1. */
export function checkShare(name: string, value: unknown): void {
  checkNumber(value, `${name} to be a number from 0 to 1`, (number) => number >= 0 && number <= 1);
}

/** Refuses what is no whole number from `least` on. */
export function checkCount(name: string, value: unknown, least = 1): void {
  const expected = `${name} to be a whole number from ${least} on`;
  checkNumber(value, expected, (number) => Number.isSafeInteger(number) && number >= least);
}

/** Refuses what is none of some words. */
export function checkChoice(name: string, value: unknown, words: readonly string[]): void {
  if (words.includes(value as string)) return;
  throw ours(new RangeError(`expected ${name} to be one of ${quoted(words)}, got ${shown(value)}`));
}
