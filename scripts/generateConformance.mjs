/*
 * Writes test/conformance/fixtures/reference.json: outputs and gradients of the conformance cases, in double
 * precision.
 *
 *   node scripts/generateConformance.mjs                  all cases anew
 *   node scripts/generateConformance.mjs --only=TEXT      only cases with TEXT in their names anew
 *   node scripts/generateConformance.mjs --check=N        every N-th case anew, compared with what is stored
 */
import { readFile, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { runnerImport } from 'vite';

const root = fileURLToPath(new URL('..', import.meta.url));
const fixture = new URL('../test/conformance/fixtures/reference.json', import.meta.url);
const option = (name) =>
  process.argv.find((argument) => argument.startsWith(`--${name}=`))?.slice(name.length + 3);

// before TF.js is loaded: its cpu kernels then compute in double precision
globalThis.Float32Array = Float64Array;
const load = async (path) =>
  (await runnerImport(path, { root, configFile: false, logLevel: 'error' })).module;
const { generate } = await load('./test/conformance/generate.ts');

const stored = await readFile(fixture, 'utf8').then(JSON.parse, () => []);
const references = await generate({ stored, only: option('only'), every: Number(option('check') ?? 1) });

if (option('check') === undefined) {
  const lines = references.map((reference) => JSON.stringify(reference)).join(',\n');
  await writeFile(fixture, `[\n${lines}\n]\n`);
} else {
  const before = new Map(stored.map((reference) => [reference.name, JSON.stringify(reference)]));
  const stale = references.filter((reference) => before.get(reference.name) !== JSON.stringify(reference));
  for (const { name } of stale) console.error(`stale: ${name}`);
  process.exitCode = stale.length === 0 ? 0 : 1;
}
