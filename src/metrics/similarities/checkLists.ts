import { ours } from '../../errors/door';
import { kindOf } from '../../errors/kindOf';
import { wrongKind } from '../../errors/wrongKind';

/** Refuses what are no two lists of as many numbers each. */
export function checkLists(a: unknown, b: unknown): asserts a is ArrayLike<number> {
  for (const [name, list] of Object.entries({ a, b })) {
    if (!isNumbers(list)) throw wrongKind(`${name} to be a list of numbers`, list, hintFor(list));
  }
  const [one, other] = [(a as ArrayLike<number>).length, (b as ArrayLike<number>).length];
  if (one === other) return;
  throw ours(new RangeError(`expected a and b to hold as many numbers each, got ${one} and ${other}`));
}

/** Whether a value is a list of numbers, or an array of them. */
export function isNumbers(list: unknown): list is ArrayLike<number> {
  if (ArrayBuffer.isView(list)) return 'length' in list && typeof Reflect.get(list, 0) !== 'bigint';
  return Array.isArray(list) && Array.from(list).every((value) => typeof value === 'number');
}

function hintFor(list: unknown): string | undefined {
  return kindOf(list) === 'a tensor' ? 'read it back first: await map.data()' : undefined;
}
