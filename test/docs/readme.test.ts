import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setBackend } from '@tensorflow/tfjs-core';
import ts from 'typescript';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { projectFolder } from '../setup/serveTestFiles';
import * as entry from 'guided-saliency';
import * as ofImages from 'guided-saliency/image';
import * as metrics from 'guided-saliency/metrics';
import * as relevance from 'guided-saliency/relevance';
import { calledInCells, codeBlocks, type CodeBlock } from './codeBlocks';
import * as prelude from './prelude';
import { drawnOn, standInPage, writeCat } from './page';

const folder = join(projectFolder, 'test/docs/.blocks'); // under the root, so that imports resolve
const pages = ['README.md', ...markdownIn('docs'), ...markdownIn('docs/guides')];
/** The examples in the comments of what is exported, as a reader of its page sees them. */
const examples = readdirSync(join(projectFolder, 'src'), { recursive: true, encoding: 'utf8' })
  .filter((name) => name.endsWith('.ts'))
  .flatMap((name) => {
    const text = readFileSync(join(projectFolder, 'src', name), 'utf8');
    if (!text.includes(' * ```ts')) return [];
    const comments = text.split('\n').map((line) => line.replace(/^ \* ?/, ''));
    return codeBlocks(`src/${name}`, comments.join('\n')).map((block) => withImports(block, ''));
  });
const blocks = [
  ...pages.flatMap((page) => {
    const text = readFileSync(join(projectFolder, page), 'utf8');
    return [...codeBlocks(page, text), ...calledInCells(page, text).map((block) => withImports(block, text))];
  }),
  ...examples,
];

beforeAll(() => {
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder);
  for (const block of blocks) writeFileSync(fileOf(block), asModule(block.code));
  vi.stubGlobal('fetch', prelude.answerFetch);
  for (const [name, value] of Object.entries(standInPage(folder))) vi.stubGlobal(name, value);
  writeCat(folder);
});

afterAll(() => {
  vi.unstubAllGlobals();
  rmSync(folder, { recursive: true, force: true });
});

describe('the code in the documentation', () => {
  it('is there', () => {
    expect(blocks.filter(({ place }) => place.startsWith('README.md'))).not.toEqual([]);
  });

  it('is there for each method, with its picture', () => {
    const pictures = readdirSync(join(projectFolder, 'docs/methods'));
    const methods = pictures.map((name) => name.replace('.jpg', '')).filter((name) => name !== 'photo');
    expect(methods.length).toBeGreaterThanOrEqual(22);
    for (const method of methods) {
      const { place } = examples.find((example) => example.place.includes(`/${method}.ts:`))!;
      const [, picture = ''] = /!\[[^\]]*\]\(\.\.\/\.\.\/(docs\/methods\/\w+\.jpg)\)/.exec(
        readFileSync(join(projectFolder, place.replace(/:\d+$/, '')), 'utf8'),
      ) as string[];
      expect(existsSync(join(projectFolder, picture)), place).toBe(true);
    }
  });

  it('is there for each public function', () => {
    const functions = Object.entries<unknown>({ ...entry, ...ofImages, ...metrics, ...relevance });
    const names = functions.flatMap(([name, value]) => (typeof value === 'function' ? [name] : []));
    const shown = examples.map(({ code }) => code.split('\n').filter((line) => !line.startsWith('import')));
    const missing = names.filter(
      (name) => !shown.some((code) => new RegExp(`\\b${name}\\b`).test(code.join())),
    );
    expect(names.length).toBeGreaterThan(80);
    expect(missing).toEqual([]);
  });

  it('type-checks', () => {
    const program = ts.createProgram(blocks.map(fileOf), { ...compilerOptions(), noUnusedLocals: false });
    const faults = blocks.flatMap((block) => {
      const found = ts.getPreEmitDiagnostics(program, program.getSourceFile(fileOf(block)));
      const texts = found.map(({ messageText }) => ts.flattenDiagnosticMessageText(messageText, ' '));
      return texts.map((text) => `${block.place}: ${text}`);
    });
    expect(faults).toEqual([]);
  });

  let shown: ImageData | undefined; // by the first block
  for (const block of blocks) {
    it.skipIf(block.notRun !== undefined)(`runs: ${block.place} ${block.notRun ?? ''}`, async () => {
      process.chdir(folder); // where a block reads and writes its files
      try {
        await import(/* @vite-ignore */ fileOf(block));
        if (block === blocks[0]) shown = drawnOn();
      } finally {
        await setBackend('cpu'); // a block may take another
        process.chdir(projectFolder);
      }
    });
  }

  it('shows the cat that the first block explains', () => {
    expect([shown?.width, shown?.height]).toEqual([32, 32]);
    expect(new Set(shown?.data).size).toBeGreaterThan(20);
  });

  it('is found in the tables', () => {
    const calls = blocks.filter(({ place }) => place.startsWith('docs/peers.md'));
    expect(calls.some(({ code }) => code.includes("by: 'maxAbs'"))).toBe(true);
  });
});

function markdownIn(folder: string): string[] {
  const names = readdirSync(join(projectFolder, folder)).sort();
  return names.filter((name) => name.endsWith('.md')).map((name) => `${folder}/${name}`);
}

function fileOf({ place }: CodeBlock): string {
  return join(folder, `${place.replaceAll(/\W/g, '-')}.ts`);
}

/** The options of our own tsconfig.json. */
function compilerOptions(): ts.CompilerOptions {
  const { config } = ts.readConfigFile('tsconfig.json', (path) => ts.sys.readFile(path)) as {
    config: object;
  };
  return ts.parseJsonConfigFileContent({ ...config, files: [], include: [] }, ts.sys, projectFolder).options;
}

/** The code with an import of those names of the prelude that it uses and does not declare. */
function asModule(code: string): string {
  const names = Object.keys(prelude).filter((name) => {
    const isDeclared = new RegExp(`\\b(const|let) ${name}\\b`).test(code);
    return !isDeclared && new RegExp(`(?<![.\\w])${name}\\b`).test(code);
  });
  return `import { ${names.join(', ')} } from '../prelude';\n${code}\n`;
}

/** What a page writes down in its text for the calls of its tables, as far as some code calls it. */
function declaredFor(code: string, text: string): string {
  const all = [...text.matchAll(/`(const (\w+) = [^`]+)`/g)].reverse();
  return all.reduce((given, [, helper = '', name = '']) => {
    const isUsed = given.includes(`${name}(`) && !given.includes(`const ${name} `);
    return isUsed ? `${helper.replaceAll('\n', ' ')};\n${given}` : given;
  }, code);
}

/** The calls of a table's row, with what they take for granted. */
function withImports(block: CodeBlock, text: string): CodeBlock {
  const code = declaredFor(block.code, text);
  const used = (names: object) =>
    Object.keys(names).filter((name) => new RegExp(`\\b${name}\\(|\\b${name}\\b(?!:)`).test(code));
  const given = `import { readFileSync, writeFileSync } from 'node:fs';
    import * as tf from '@tensorflow/tfjs-core';
    import jpeg from 'jpeg-js';
    import { ${used(entry).join(', ')} } from 'guided-saliency';
    import { ${used(ofImages).join(', ')} } from 'guided-saliency/image';
    import { ${used(metrics).join(', ')} } from 'guided-saliency/metrics';
    import { ${used(relevance).join(', ')} } from 'guided-saliency/relevance';
    const x = image;
    const c = 281;
    const [layer, n, s, baseline, baselines] = ['conv2', 2, 0.1, 0, images] as const;
    const size: [number, number] = [32, 32];
    const noise = tf.zeros([2, 32, 32, 3]);
    const draws = { baseline: [0, 1], alpha: [0.3, 0.6] };
    const masks = tf.ones([2, 32, 32]);
    const segments = tf.zeros([32, 32], 'int32');
    const f = (x: tf.Tensor) => tf.sum(tf.relu(x));`;
  return { ...block, code: `${given}\n${code}` };
}
