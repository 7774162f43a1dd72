import { otherBackend } from './otherBackend';

/** What TF.js says when a backend lacks a kernel. */
const MISSING = /^Kernel '(.+)' not registered for backend '(.+)'$/;

/**
 * Says where a kernel is missing, and what to do, in place of TF.js's message; other errors are passed on as
 * they are.
 *
 * @param needed What needs the kernel, e.g. `layer "conv1"`.
 */
export function missingKernel(error: unknown, needed: string): unknown {
  const match = error instanceof Error ? MISSING.exec(error.message) : null;
  if (!match) return error;
  const [, kernel, backend = ''] = match;
  return new Error(
    `${needed} needs the kernel ${kernel}, which the backend "${backend}" lacks; ${otherBackend([backend])}`,
    { cause: error },
  );
}

/** How errors call a layer, by its path; the model, where the layer is not known. */
export function nameOfLayer(path: string | undefined): string {
  return path === undefined ? 'the model' : `layer "${path}"`;
}
