import { ours } from './door';
import { letGo } from './letGo';

/**
 * Refuses what an async function gave, whose body is not done when it returns.
 *
 * @param what What must not be async, and why.
 */
export function notAsync(result: unknown, what: string): void {
  if (!(result instanceof Promise)) return;
  letGo(result);
  throw ours(new TypeError(what));
}
