/** Where the errors of ours are that have not left yet: one key for all copies of this module. */
const INSIDE = Symbol.for('guided-saliency.errors');
const holder = globalThis as { [INSIDE]?: WeakSet<Error> };

/** An error of ours, which gets the name of the public function that was called when it leaves there. */
export function ours<E extends Error>(error: E): E {
  (holder[INSIDE] ??= new WeakSet()).add(error);
  return error;
}

/**
 * Runs the body of a public function: an error of ours that leaves there says which one it was, once. What
 * the user's own code throws goes by as it is.
 */
export function door<T>(name: string, body: () => T): T {
  try {
    return body();
  } catch (error) {
    throw atDoor(name, error);
  }
}

function atDoor(name: string, error: unknown): unknown {
  if (!(error instanceof Error) || !holder[INSIDE]?.delete(error)) return error;
  const { message, stack } = error;
  error.message = `${name}: ${message}`;
  // where a stack is, it was written with the error, and is what is printed
  if (stack !== undefined) error.stack = stack.replace(message, error.message);
  return error;
}

/** The same for what is async. */
export async function doorAsync<T>(name: string, body: () => Promise<T>): Promise<T> {
  try {
    return await body();
  } catch (error) {
    throw atDoor(name, error);
  }
}

/** The same for what comes step by step. */
export async function* doorEach<T>(name: string, steps: AsyncGenerator<T>): AsyncGenerator<T, void> {
  try {
    yield* steps;
  } catch (error) {
    throw atDoor(name, error);
  }
}
