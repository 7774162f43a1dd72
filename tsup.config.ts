import { readFileSync, rmSync } from 'node:fs';
import { defineConfig, type Options } from 'tsup';
import { pureConstants } from './scripts/pureConstants.ts';
import { tfOfWindow } from './scripts/tfOfWindow.ts';
import { thirdPartyLicences } from './scripts/thirdPartyLicences.ts';

/** What users import, by the file that it is built to. */
const entries = {
  index: 'src/index.ts',
  image: 'src/image/index.ts',
  relevance: 'src/relevance/index.ts',
  metrics: 'src/metrics/index.ts',
};

/** For a file of its own for each module that an entry exports from: a bundler takes what is used of them. */
const parts = Object.fromEntries(Object.values(entries).flatMap(exportedFrom));

// TF.js stays outside: the package must share the user's one engine. The rest is bundled, so that the package
// has no runtime dependency; what that brings along is named in dist/THIRD_PARTY_LICENSES.
const shared: Options = {
  tsconfig: 'tsconfig.build.json',
  platform: 'browser', // for what is bundled: its builds for Node import Node's own modules
  target: 'es2021',
  external: [/^@tensorflow\//],
  noExternal: ['fast-png', /^d3-/],
  esbuildPlugins: [pureConstants, thirdPartyLicences('dist/THIRD_PARTY_LICENSES')],
};

export default defineConfig([
  {
    ...shared,
    entry: { ...entries, ...parts },
    format: 'esm',
    splitting: true,
    esbuildOptions: (options) => {
      options.chunkNames = 'chunks/[hash]';
    },
    onSuccess: () => {
      rmSync('dist/parts', { recursive: true }); // the chunks have all of it
      return Promise.resolve();
    },
  },
  { ...shared, entry: entries, format: 'cjs', splitting: false },
  {
    ...shared,
    entry: { 'guided-saliency': 'src/script.ts' },
    format: 'iife',
    globalName: 'guidedSaliency',
    minify: true,
    outExtension: () => ({ js: '.min.js' }),
    external: [],
    esbuildPlugins: [pureConstants, tfOfWindow],
  },
  { ...shared, entry: entries, format: ['esm', 'cjs'], dts: { only: true } },
]);

function exportedFrom(entry: string): [string, string][] {
  const folder = entry.replace(/[^/]*$/, '');
  const paths = [...readFileSync(entry, 'utf8').matchAll(/^export \{[^}]*\} from '\.\/([^']+)'/gm)];
  return paths.map(([, path = '']) => [`parts/${path}`, `${folder}${path}.ts`]);
}
