import { ours } from './door';
import { isPromise } from './isPromise';
import { kindOf } from './kindOf';

/**
 * The error for a value of the wrong kind: what was expected, what came, and what to do with it.
 *
 * @param hint What to do, where it is known; of a promise it always is.
 */
export function wrongKind(expected: string, value: unknown, hint?: string, got = kindOf(value)): TypeError {
  const next = isPromise(value) ? settled(value) : hint;
  return ours(new TypeError(`expected ${expected}, got ${got}${next === undefined ? '' : `; ${next}`}`));
}

/** The `await` was forgotten; that the promise may come to nothing is nobody's business any more. */
function settled(promise: PromiseLike<unknown>): string {
  promise.then(undefined, () => undefined);
  return 'await it first';
}
