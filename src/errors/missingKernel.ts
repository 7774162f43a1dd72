import { currentBackend } from '../backends/backend';
import { otherBackend } from '../backends/otherBackend';
import { ours } from './door';

/** What TF.js says when a backend lacks a kernel. */
const MISSING = /^Kernel '(.+)' not registered for backend '(.+)'$/;

/** What TF.js says when a backend has a kernel, but not for this. */
const UNABLE =
  /^[\w: -]*\brank[ -]\d+[\w ]* not yet supported|^wasm backend .* does not support|^Unknown dtype complex64/;

/**
 * Says where a kernel is missing or does not do what is asked, and what to do, in place of TF.js's message;
 * other errors are passed on as they are.
 *
 * @param needed What needs the kernel, e.g. `layer "conv1"`.
 */
export function missingKernel(error: unknown, needed: string): unknown {
  if (!(error instanceof Error)) return error;
  const { message } = error;
  const [, kernel, lacking] = MISSING.exec(message) ?? [];
  if (kernel === undefined && !UNABLE.test(message)) return error;
  const backend = lacking ?? currentBackend().name;
  const why =
    kernel === undefined
      ? `does not run on the backend "${backend}": ${message.replace(/\.$/, '')}`
      : `needs the kernel ${kernel}, which the backend "${backend}" lacks`;
  return ours(new Error(`${needed} ${why}; ${otherBackend([backend])}`, { cause: error }));
}

/** How errors call a layer, by its path; the model, where the layer is not known. */
export function nameOfLayer(path: string | undefined): string {
  return path === undefined ? 'the model' : `layer "${path}"`;
}
