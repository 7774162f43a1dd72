import { gzipSync } from 'node:zlib';
import { build } from 'esbuild';
import { projectFolder } from '../test/setup/serveTestFiles.ts';

/** Bytes of `import { guidedBackprop }`, minified and gzipped, without TF.js. */
export async function bundleSize(): Promise<number> {
  const { outputFiles } = await build({
    stdin: { contents: "export { guidedBackprop } from './src/index.ts';", resolveDir: projectFolder },
    bundle: true,
    minify: true,
    write: false,
    format: 'esm',
    target: 'es2021',
    external: ['@tensorflow/*'],
  });
  return gzipSync(outputFiles[0]!.contents, { level: 9 }).length;
}
