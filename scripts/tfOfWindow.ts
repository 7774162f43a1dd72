import type { Plugin } from 'esbuild';

const missing =
  'guided-saliency: expected TensorFlow.js as window.tf, got none; put its script in front of this one: ' +
  '<script src="https://cdn.jsdelivr.net/npm/@tensorflow/tfjs@4.22.0/dist/tf.min.js"></script>';

/** An esbuild plugin for a script of a page: tfjs-core is what the page has as `window.tf`. */
export const tfOfWindow: Plugin = {
  name: 'tf-of-window',
  setup(build) {
    build.onResolve({ filter: /^@tensorflow\/tfjs-core$/ }, ({ path }) => ({ path, namespace: 'window' }));
    build.onLoad({ filter: /.*/, namespace: 'window' }, () => ({
      contents: `if (!globalThis.tf) throw new Error(${JSON.stringify(missing)});\nmodule.exports = globalThis.tf;`,
    }));
  },
};
