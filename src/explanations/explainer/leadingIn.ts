import { pathBetween } from '../../tape/back/pathBetween';
import { holdsIntegers } from '../../tape/tape';
import type { TapeNode, Value } from '../../tape/tape';

/** How an input leads to a target: with its numbers, as integers alone, or not at all. */
export type Leading = 'floats' | 'integers' | 'none';

/** How a value that is watched leads to what is explained. */
export function leadingIn(nodes: readonly TapeNode[], input: Value, target: Value | undefined): Leading {
  const leads = (some: readonly TapeNode[]) =>
    target !== undefined && (input === target || pathBetween(some, [input], [target]).length > 0);
  if (leads(nodes.filter(({ outputs }) => !outputs.every(holdsIntegers)))) return 'floats';
  return leads(nodes) ? 'integers' : 'none';
}
