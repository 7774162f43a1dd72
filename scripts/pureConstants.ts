import { readFile } from 'node:fs/promises';
import type { Plugin } from 'esbuild';

/**
 * An esbuild plugin that lets a bundle leave out what nobody uses of packages that make their constants when
 * they are loaded.
 *
 * d3's colour scales and text decoders of the PNG writer are such constants: without a mark a bundler keeps
 * them all, and a page without a `TextDecoder` (jsdom) cannot load them.
 */
export const pureConstants: Plugin = {
  name: 'pure-constants',
  setup(build) {
    build.onLoad(
      { filter: /node_modules\/(d3-scale-chromatic|d3-interpolate)\/dist\/.*\.mjs$/ },
      async ({ path }) => ({
        contents: (await readFile(path, 'utf8')).replace(/^var [\w$]+ = .*$/gm, (constant) =>
          constant.replace(/(?<= = |[(,] ?)(?=[\w$]+\(|new |\(function)/g, '/* @__PURE__ */ '),
        ),
      }),
    );
    build.onLoad({ filter: /node_modules\/(fast-png|iobuffer)\/.*\/text\.js$/ }, async ({ path }) => ({
      // made when it is asked for
      contents: (await readFile(path, 'utf8')).replace(
        /^const (\w+) = (new Text(De|En)coder\([^)]*\));$/gm,
        (_, name: string, made: string, kind: string) =>
          `const ${name} = { ${kind.toLowerCase()}code: (x) => (${made}).${kind.toLowerCase()}code(x) };`,
      ),
    }));
  },
};
