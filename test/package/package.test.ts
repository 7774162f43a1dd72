import { readFileSync, readdirSync, renameSync } from 'node:fs';
import { join } from 'node:path';
import { build as esbuild } from 'esbuild';
import { publint } from 'publint';
import { build as vite } from 'vite';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { projectFolder } from '../setup/serveTestFiles';
import { execute, scratchProject, type ScratchProject } from './scratchProject';
import {
  asGraph,
  asGraphTypes,
  asLayers,
  asPicture,
  asRules,
  asScript,
  asTwoCopies,
  asTwoEngines,
  asTypes,
  expected,
} from './userCode';

let scratch: ScratchProject;
let installed: string;

beforeAll(() => {
  // what a user needs and no more: "@tensorflow/tfjs" itself would bring chained ops and every gradient
  const tfjs = ['core', 'layers', 'converter', 'backend-cpu'].map(
    (name) => `@tensorflow/tfjs-${name}@4.22.0`,
  );
  scratch = scratchProject(inject('tarball'), tfjs);
  installed = join(scratch.folder, 'node_modules/guided-saliency');
});

afterAll(() => scratch.remove());

describe('the packed package', () => {
  it('holds the built files and the papers, and nothing else', () => {
    const files = execute(scratch.folder, 'tar', '-tzf', scratch.tarball).trim().split('\n').sort();
    const ends = ['.cjs', '.d.cts', '.d.ts', '.js'];
    const built = ['image', 'index', 'metrics', 'relevance'].flatMap((name) =>
      ends.map((end) => `dist/${name}${end}`),
    );
    built.push('dist/guided-saliency.min.js');
    const papers = ['CHANGELOG.md', 'LICENSE', 'README.md', 'dist/THIRD_PARTY_LICENSES', 'package.json'];
    const shared = /^package\/dist\/(chunks\/\w+\.js|\w+-[\w-]+\.d\.c?ts)$/; // of several entries
    const chunks = files.filter((file) => shared.test(file));
    expect(files).toEqual([...[...built, ...papers].map((file) => `package/${file}`), ...chunks].sort());
  });

  it('has no runtime dependency but its peers', () => {
    const manifest = JSON.parse(readFileSync(join(installed, 'package.json'), 'utf8')) as Record<
      string,
      object
    >;
    expect(manifest['dependencies']).toBeUndefined();
    expect(Object.keys(manifest['peerDependencies']!)).toEqual([
      '@tensorflow/tfjs-core',
      '@tensorflow/tfjs-layers',
    ]);
    const chunks = readdirSync(join(installed, 'dist/chunks')).map((name) => `chunks/${name}`);
    const built = ['index', 'image', 'metrics', 'relevance'].flatMap((name) => [`${name}.js`, `${name}.cjs`]);
    for (const file of [...built, ...chunks]) {
      const outside = importedBy(file).filter((name) => !name.startsWith('./'));
      expect(outside.filter((name) => !/^@tensorflow\/tfjs-(core|layers)$/.test(name))).toEqual([]);
    }
  });

  it('names the licence of everything that is bundled', () => {
    const notices = readFileSync(join(installed, 'dist/THIRD_PARTY_LICENSES'), 'utf8');
    for (const name of ['fast-png', 'fflate', 'iobuffer', 'd3-interpolate', 'd3-scale-chromatic']) {
      expect(notices).toMatch(new RegExp(`^${name} \\d`, 'm'));
    }
  });

  it('satisfies publint', async () => {
    const { messages } = await publint({ pkgDir: installed, level: 'warning', strict: true, pack: false });
    expect(messages).toEqual([]);
  });

  it('has types that are not wrong, in every way to import it', () => {
    expect(() => execute(scratch.folder, 'attw', scratch.tarball)).not.toThrow();
  });

  it('keeps what a page takes of it within its size', () => {
    const rows = JSON.parse(execute(projectFolder, 'size-limit', '--json')) as {
      name: string;
      size: number;
      passed: boolean;
    }[];
    for (const { name, size } of rows) {
      console.log(`${name}: ${(size / 1000).toFixed(1)} kB, minified and gzipped`);
    }
    expect(rows.length).toBeGreaterThan(0);
    expect(rows.filter(({ passed }) => !passed)).toEqual([]);
  });
});

/** Has TypeScript check a file in the project. */
function typeCheck(file: string, text: string, resolution: string): void {
  scratch.write(file, text);
  const compilerOptions = {
    strict: true,
    exactOptionalPropertyTypes: true,
    noEmit: true,
    skipLibCheck: true, // TF.js's own declarations have errors
    target: 'ES2022',
    types: [],
    module: resolution.startsWith('Node') ? resolution : 'ESNext',
    moduleResolution: resolution,
  };
  scratch.write('tsconfig.json', JSON.stringify({ compilerOptions, files: [file] }));
  execute(scratch.folder, 'tsc', '-p', '.');
}

describe('a project that installs it', () => {
  it.each([
    ['NodeNext', 'user.mts'],
    ['NodeNext', 'user.cts'],
    ['Node16', 'user.mts'],
    ['Node16', 'user.cts'],
    ['bundler', 'user.ts'],
    ['node10', 'user.ts'],
  ])('type-checks under %s resolution, as %s', (resolution, file) => {
    typeCheck(file, asTypes, resolution);
  });

  it('runs as ESM', () => {
    expect(scratch.run('layers.mjs', asLayers)).toEqual(expected);
  });

  it('runs as CommonJS', () => {
    expect(scratch.run('layers.cjs', commonJs(asLayers))).toEqual(expected);
  });

  it.each(['', '/image', '/relevance', '/metrics'].map((path) => `guided-saliency${path}`))(
    'gives the same names from %s to both',
    (entry) => {
      const names =
        'console.log(JSON.stringify(Object.keys(entry).filter((name) => name !== "default").sort()))';
      const esm = scratch.run('names.mjs', `import * as entry from '${entry}'; ${names}`);
      expect(esm).toEqual(scratch.run('names.cjs', `const entry = require('${entry}'); ${names}`));
      expect(esm).not.toEqual([]);
    },
  );

  // as in the windows of Jest's jsdom
  it.each(['mjs', 'cjs'])('loads, and draws, where there is no TextDecoder; as %s', (kind) => {
    scratch.write('windowless.cjs', 'delete globalThis.TextDecoder; delete globalThis.TextEncoder;');
    const text = kind === 'cjs' ? commonJs(asPicture) : asPicture;
    expect(scratch.run(`picture.${kind}`, text)).toEqual([137, 80, 78, 71]);
  });

  it('has gradients with tfjs-core and tfjs-converter alone', () => {
    expect(scratch.run('graph.mjs', asGraph)).toEqual(expected);
    expect(scratch.run('graph.cjs', commonJs(asGraph))).toEqual(expected);
  });
});

describe('a project without tfjs-layers, of GraphModels only', () => {
  const layers = (name: string) => join(scratch.folder, 'node_modules/@tensorflow', name);
  beforeAll(() => renameSync(layers('tfjs-layers'), layers('aside')));
  afterAll(() => renameSync(layers('aside'), layers('tfjs-layers')));

  it.each(['mjs', 'cjs'])('has gradients, as %s', (kind) => {
    const text = kind === 'cjs' ? commonJs(asGraph) : asGraph;
    expect(scratch.run(`graph.${kind}`, text)).toEqual(expected);
  });

  it('type-checks, and refuses what is no model', () => {
    typeCheck('graph.mts', asGraphTypes, 'NodeNext');
  });

  it('takes rules for kernels, and says where a gradient is lacking', () => {
    expect(scratch.run('rules.mjs', asRules)).toEqual({
      map: [0, 1],
      message:
        'withGradients: TF.js has no gradient of kernel "Relu" here, for tf.grad; ' +
        "import '@tensorflow/tfjs-layers', which registers those that it has, or call saliency",
    });
  });

  it('is bundled for a page without it', async () => {
    scratch.write('page.mjs', asGraph);
    const page = await bundleWithEsbuild(join(scratch.folder, 'page.mjs'));
    expect(scratch.run('bundle.mjs', page)).toEqual(expected);
  });
});

describe('the script of a page', () => {
  const script = () => JSON.stringify(join(installed, 'dist/guided-saliency.min.js'));

  it('gives window.guidedSaliency, over what window.tf is', () => {
    expect(scratch.run('script.cjs', asScript(script()))).toEqual({
      ...expected,
      png: [137, 80, 78, 71],
      check: 'function',
    });
  });

  it('is what jsDelivr and unpkg give', () => {
    const manifest = JSON.parse(readFileSync(join(installed, 'package.json'), 'utf8')) as object;
    expect(manifest).toMatchObject({
      jsdelivr: './dist/guided-saliency.min.js',
      unpkg: './dist/guided-saliency.min.js',
    });
  });

  it('says that window.tf is missing', () => {
    const text = `let message = 'nothing';
      try { require('node:vm').runInThisContext(require('node:fs').readFileSync(${script()}, 'utf8')); }
      catch (error) { message = error.message; }
      console.log(JSON.stringify(message));`;
    expect(scratch.run('missing.cjs', text)).toBe(
      'guided-saliency: expected TensorFlow.js as window.tf, got none; put its script in front of this one: ' +
        '<script src="https://cdn.jsdelivr.net/npm/@tensorflow/tfjs@4.22.0/dist/tf.min.js"></script>',
    );
  });
});

describe('a project with two copies of TF.js', () => {
  it('gets the right maps of a model of the other copy, as both share one engine', () => {
    expect(scratch.run('copies.cjs', asTwoCopies)).toEqual({ isOther: true, ...expected });
  });

  it('is told of a model and an input of another engine', () => {
    const rest =
      'of the TF.js that guided-saliency imports, got one of another engine; ' +
      'load both in one window or context, and have one copy: `npm ls @tensorflow/tfjs-core` lists them';
    expect(scratch.run('engines.cjs', asTwoEngines)).toEqual([
      `saliency: expected the weights of the model "theirs" to be tensors ${rest}`,
      `saliency: expected x to be a tensor ${rest}`,
    ]);
  });
});

// a bundler takes TF.js module by module: then tfjs-core has no chained ops, and registers no gradient itself
describe.each([
  ['esbuild', bundleWithEsbuild],
  ['vite', bundleWithVite],
])('a page bundled by %s', (_, bundle) => {
  it.each([
    ['tfjs-layers', asLayers],
    ['tfjs-converter alone', asGraph],
  ])('has gradients with tfjs-core and %s, and needs no chained op', async (_, text) => {
    const chained = `import { Tensor } from '@tensorflow/tfjs-core';
      if ('add' in Tensor.prototype) throw new Error('the test is void: tensors have chained ops');\n`;
    scratch.write('page.mjs', chained + text);
    expect(scratch.run('bundle.mjs', await bundle(join(scratch.folder, 'page.mjs')))).toEqual(expected);
  });
});

async function bundleWithEsbuild(entry: string): Promise<string> {
  const { outputFiles } = await esbuild({
    entryPoints: [entry],
    bundle: true,
    minify: true,
    write: false,
    format: 'esm',
    platform: 'node', // it is run in Node; but with the modules that a page gets:
    mainFields: ['module', 'main'],
    banner: { js: "import { createRequire } from 'node:module'; const require = createRequire('/');" },
    logLevel: 'error',
  });
  return outputFiles[0]!.text;
}

async function bundleWithVite(entry: string): Promise<string> {
  const result = await vite({
    root: scratch.folder,
    configFile: false,
    resolve: { mainFields: ['module', 'main'] },
    ssr: { noExternal: true },
    build: { write: false, ssr: entry, minify: true, rolldownOptions: { output: { codeSplitting: false } } },
    logLevel: 'error',
  });
  if (!('output' in result)) throw new Error('internal: vite watches, or builds several times');
  return result.output[0].code;
}

/** The modules that a built file imports. */
function importedBy(file: string): string[] {
  const text = readFileSync(join(installed, 'dist', file), 'utf8');
  return [...text.matchAll(/(?:\bfrom |^import |\brequire\()["']([^"']+)["']/gm)].map((match) => match[1]!);
}

function commonJs(text: string): string {
  const required = text.replaceAll(/import \* as (\w+) from '([^']+)';/g, "const $1 = require('$2');");
  const destructured = required.replaceAll(
    /import (\{[^}]+\}) from '([^']+)';/g,
    "const $1 = require('$2');",
  );
  return `(async () => {\n${destructured.replaceAll(/import '([^']+)';/g, "require('$1');")}\n})();`;
}
