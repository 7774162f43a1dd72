/** A promise is refused: that it may come to nothing is nobody's business any more. */
export function letGo(promise: PromiseLike<unknown>): void {
  promise.then(undefined, () => undefined);
}
