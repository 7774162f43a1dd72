import { defineConfig } from 'tsup';
import { thirdPartyLicences } from './scripts/thirdPartyLicences.ts';

// TF.js stays outside: the package must share the user's one engine. The rest is bundled, so that the package
// has no runtime dependency; what that brings along is named in dist/THIRD_PARTY_LICENSES.
export default defineConfig({
  entry: { index: 'src/index.ts', image: 'src/image/index.ts' },
  format: ['esm', 'cjs'],
  tsconfig: 'tsconfig.build.json',
  platform: 'browser', // for what is bundled: its builds for Node import Node's own modules
  target: 'es2021',
  dts: true,
  clean: true,
  splitting: false,
  external: [/^@tensorflow\//],
  noExternal: ['fast-png', /^d3-/],
  esbuildPlugins: [thirdPartyLicences('dist/THIRD_PARTY_LICENSES')],
});
