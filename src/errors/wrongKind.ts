import { ours } from './door';
import { isPromise } from './isPromise';
import { kindOf } from './kindOf';
import { letGo } from './letGo';

/**
 * The error for a value of the wrong kind: what was expected, what came, and what to do with it.
 *
 * @param hint What to do, where it is known; of a promise it always is.
 */
export function wrongKind(expected: string, value: unknown, hint?: string, got = kindOf(value)): TypeError {
  const isForgotten = isPromise(value);
  if (isForgotten) letGo(value);
  const next = isForgotten ? 'await it first' : hint;
  return ours(new TypeError(`expected ${expected}, got ${got}${next === undefined ? '' : `; ${next}`}`));
}
