import { InvalidArgumentError } from 'commander';

// What options of a command line are read by; each throws InvalidArgumentError.

/** A class, counted from 0. */
export function classIndex(text: string): number {
  if (!/^\d+$/.test(text)) throw new InvalidArgumentError('Expected a class, counted from 0.');
  return Number(text);
}

/** A whole number from 1 on. */
export function wholeFrom1(text: string): number {
  if (!/^[1-9]\d*$/.test(text)) throw new InvalidArgumentError('Expected a whole number from 1 on.');
  return Number(text);
}

/** What black and white are for a model. */
export function range(text: string): [number, number] {
  const [low = NaN, high = NaN, ...rest] = text
    .split(',')
    .map((part) => (part.trim() === '' ? NaN : Number(part)));
  if (rest.length > 0 || !Number.isFinite(low) || !Number.isFinite(high) || low >= high) {
    throw new InvalidArgumentError('Expected two numbers, the lower first, such as 0,1 or -1,1 or 0,255.');
  }
  return [low, high];
}
