import { ours } from './door';
import { isPromise } from './isPromise';
import { kindOf } from './kindOf';

/**
 * The error for a value of the wrong kind: what was expected, what came, and what to do with it.
 *
 * @param hint What to do, where it is known; of a promise it always is.
 * @param got What `kindOf` calls the value, or more of it.
 */
export function wrongKind(expected: string, value: unknown, hint?: string, got = kindOf(value)): TypeError {
  const next = isPromise(value) ? 'await it first' : hint;
  return ours(new TypeError(`expected ${expected}, got ${got}${next === undefined ? '' : `; ${next}`}`));
}
