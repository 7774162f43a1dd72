import { ours } from '../../errors/door';
import { kindOf } from '../../errors/kindOf';
import { randomNumbers } from '../noise/randomNumbers';
import type { WayPoint } from './straightPath';

/** What is drawn for each sample. */
export interface Draws {
  /** The number of its baseline. */
  readonly baseline: readonly number[];
  /** How far it is from there to the input, from 0 to 1. */
  readonly alpha: readonly number[];
}

/** Refuses what are no draws for so many samples. */
export function checkDraws(draws: unknown, samples: number): void {
  if (draws === undefined) return;
  const { baseline, alpha } = Object(draws) as Record<string, unknown>;
  for (const list of [baseline, alpha]) {
    const isList = Array.isArray(list) || ArrayBuffer.isView(list);
    const size = isList ? (list as unknown as ArrayLike<unknown>).length : undefined;
    if (size === samples) continue;
    const got = size === undefined ? kindOf(draws) : `one of ${size}`;
    throw ours(
      new RangeError(
        `expected draws to be { baseline, alpha }, lists of a number for each of ${samples} samples, got ${got}`,
      ),
    );
  }
  const numbers = Array.from(alpha as ArrayLike<number>);
  const wrong = numbers.find((value) => !(value >= 0 && value <= 1));
  if (wrong === undefined) return;
  throw ours(new RangeError(`expected the alpha of draws to be from 0 to 1, got ${String(wrong)}`));
}

/** Points on the ways from so many baselines: the draws that are given, or those of a seed. */
export function drawn(starts: number, samples: number, seed: number, draws: Draws | undefined): WayPoint[] {
  const random = randomNumbers(seed);
  return Array.from({ length: samples }, (_, k) => {
    const start = draws ? (draws.baseline[k] as number) : Math.floor(random.uniform() * starts);
    if (!(Number.isInteger(start) && start >= 0 && start < starts)) {
      throw ours(
        new RangeError(
          `expected the baseline of draws to be a number from 0 to ${starts - 1}, got ${String(start)}`,
        ),
      );
    }
    return { start, alpha: draws ? (draws.alpha[k] as number) : random.uniform() };
  });
}
