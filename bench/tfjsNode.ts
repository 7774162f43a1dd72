import { createRequire } from 'node:module';

// An optional package, not in package.json: required by name so that neither types nor bundlers need it.
const require = createRequire(import.meta.url);

/** Whether `@tensorflow/tfjs-node` is installed. */
export function hasTfjsNode(): boolean {
  try {
    require.resolve('@tensorflow/tfjs-node');
    return true;
  } catch {
    return false;
  }
}

/** Registers its backend, `tensorflow`; which TensorFlow computes, and how. */
export function loadTfjsNode(): string {
  const { backend } = require('@tensorflow/tfjs-node') as {
    readonly backend: () => { readonly binding: { readonly TF_Version: string } };
  };
  const oneDnn = process.env['TF_ENABLE_ONEDNN_OPTS'] ?? 'left out';
  return `TensorFlow ${backend().binding.TF_Version}, TF_ENABLE_ONEDNN_OPTS ${oneDnn}`;
}
