import { ours } from '../errors/door';
import { kindOf } from '../errors/kindOf';

/** Refuses what is not the numbers of black and full colour. */
export function checkRange(range: unknown): asserts range is readonly [number, number] {
  if (!Array.isArray(range)) {
    throw ours(new TypeError(`expected range to be [low, high], got ${kindOf(range)}`));
  }
  const [black, full] = range as unknown[];
  if (range.length === 2 && isNumber(black) && isNumber(full) && black < full) return;
  const got = range.every(isNumber) ? `[${range.join(', ')}]` : kindOf(range);
  throw ours(new RangeError(`expected range to be [low, high], got ${got}`));
}

const isNumber = (value: unknown): value is number => typeof value === 'number';
