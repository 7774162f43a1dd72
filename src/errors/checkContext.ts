import { isContextLost } from '../backends/contextLost';
import { ours } from './door';

/** Refuses to go on where the browser took the context of a backend, and all its tensors with it. */
export function checkContext(of?: object): void {
  if (isContextLost(of)) throw ours(new Error('the backend "webgl" has lost its context; reload the page'));
}
