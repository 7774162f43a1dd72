import { ours } from '../errors/door';
import { shown } from '../errors/kindOf';
import { quoted } from '../errors/quoted';

/** Refuses what is no number above 0. */
export function checkAbove(name: string, value: unknown): void {
  if (typeof value === 'number' && value > 0 && value < Infinity) return;
  throw ours(new RangeError(`expected ${name} to be a number above 0, got ${shown(value)}`));
}

/** Refuses what is no number from 0 to 1. */
export function checkShare(name: string, value: unknown): void {
  if (typeof value === 'number' && value >= 0 && value <= 1) return;
  throw ours(new RangeError(`expected ${name} to be a number from 0 to 1, got ${shown(value)}`));
}

/** Refuses what is no whole number from `least` on. */
export function checkCount(name: string, value: unknown, least = 1): void {
  if (Number.isSafeInteger(value) && (value as number) >= least) return;
  throw ours(new RangeError(`expected ${name} to be a whole number from ${least} on, got ${shown(value)}`));
}

/** Refuses what is none of some words. */
export function checkChoice(name: string, value: unknown, words: readonly string[]): void {
  if (words.includes(value as string)) return;
  throw ours(new RangeError(`expected ${name} to be one of ${quoted(words)}, got ${shown(value)}`));
}

export { shown };
