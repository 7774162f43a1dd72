import type { Tensor } from '@tensorflow/tfjs-core';
import { homeOf, isOnGpuAlone } from '../backends/engine';
import { checkContext } from './checkContext';
import { ONE_COPY } from './checkEngine';
import { ours } from './door';

/**
 * Refuses a tensor that a second engine made, and one whose numbers went with a GPU's context. Copies of
 * tfjs-core share the engine of their page, so that a second one is of another realm (an iframe, a vm
 * context), or from before the global object changed.
 *
 * @param asked Homes that have their context, which many tensors need be asked for once only.
 */
export function checkHome(tensor: Tensor, expected: string, asked = new Set<object>()): void {
  const home = homeOf(tensor);
  if (!home) {
    throw ours(
      new Error(
        `expected ${expected} of the TF.js that guided-saliency imports, got one of another engine; ` +
          `load both in one window or context, and ${ONE_COPY}`,
      ),
    );
  }
  if (asked.has(home) || !isOnGpuAlone(tensor, home)) return;
  checkContext(home);
  asked.add(home);
}
