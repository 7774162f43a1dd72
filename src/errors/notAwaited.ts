import { ours } from './door';

/** Whether a value is a promise, of whatever library. */
export function isPromise(value: unknown): value is PromiseLike<unknown> {
  return (
    typeof value === 'object' && value !== null && typeof (value as { then?: unknown }).then === 'function'
  );
}

/** The error for a promise where what it promises belongs: the `await` was forgotten. */
export function notAwaited(promise: PromiseLike<unknown>, expected: string): Error {
  promise.then(undefined, () => undefined); // it is refused already
  return ours(new TypeError(`${expected}, got a promise; await it first`));
}
