import { isPromise } from './isPromise';
import { wrongKind } from './wrongKind';

export { isPromise };

/** The error for a promise where what it promises belongs: the `await` was forgotten. */
export function notAwaited(promise: PromiseLike<unknown>, expected: string): Error {
  return wrongKind(expected.replace(/^expected /, ''), promise);
}
