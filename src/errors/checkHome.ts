import { ONE_COPY } from './checkEngine';
import { ours } from './door';

/**
 * The error for a tensor that a second engine made. Copies of tfjs-core share the engine of their page, so
 * that this one is of another realm (an iframe, a vm context), or from before the global object changed.
 */
export function otherEngine(expected: string): Error {
  return ours(
    new Error(
      `expected ${expected} of the TF.js that guided-saliency imports, got one of another engine; ` +
        `load both in one window or context, and ${ONE_COPY}`,
    ),
  );
}
