import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vite';
import { defaultModelFiles } from './defaultModelFiles.ts';
import { digitFiles } from './digitFiles.ts';
import { offlineFiles } from './offlineFiles.ts';

const at = (path: string) => fileURLToPath(new URL(path, import.meta.url));

// `npm run playground` serves the page; `npm run playground:build` writes it to examples/playground/dist, in
// which every address is relative: any host can serve it, in any folder.
export default defineConfig({
  root: at('.'),
  base: './',
  plugins: [defaultModelFiles(), digitFiles(), offlineFiles()],
  resolve: {
    alias: {
      'guided-saliency/image': at('../../src/image/index.ts'),
      'guided-saliency/metrics': at('../../src/metrics/index.ts'),
      'guided-saliency/relevance': at('../../src/relevance/index.ts'),
      'guided-saliency': at('../../src/index.ts'),
    },
  },
  oxc: { jsx: { runtime: 'automatic', importSource: 'preact' } },
  worker: { format: 'es' },
  optimizeDeps: {
    // all at the start: a dependency found later reloads the page
    include: [
      '@tensorflow/tfjs-backend-cpu',
      '@tensorflow/tfjs-backend-wasm',
      '@tensorflow/tfjs-backend-webgl',
      '@tensorflow/tfjs-backend-webgpu',
      '@tensorflow/tfjs-converter',
      '@tensorflow/tfjs-core',
      '@tensorflow/tfjs-layers',
      'comlink',
      'd3-interpolate',
      'd3-scale-chromatic',
      'fast-png',
      'fflate',
      'preact',
      'preact/hooks',
    ],
  },
  build: {
    outDir: at('dist'),
    emptyOutDir: true,
    target: 'es2022',
    chunkSizeWarningLimit: 2000, // TensorFlow.js
  },
});
