import { backend } from '@tensorflow/tfjs-core';
import { whatIsLost } from '../backends/whatIsLost';
import { ours } from './door';

/** Refuses to go on where the browser took a backend's context, or device, and all its tensors with it. */
export function checkContext(of: object = backend()): void {
  const lost = whatIsLost(of);
  if (!lost) return;
  const name = lost === 'context' ? 'webgl' : 'webgpu';
  throw ours(new Error(`the backend "${name}" has lost its ${lost}; reload the page`));
}
