import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import ts from 'typescript';

// The layering of src, from the ground up: a folder may import those before it in this list. A folder that is
// not here is a fault, so that a new folder is a decision.
const floors: readonly (readonly string[])[] = [
  ['backends', 'errors'],
  ['tensors'],
  ['rules'],
  ['gradients'],
  ['tape'],
  ['model', 'ops'],
  ['overrides', 'targets'],
  ['explanations'],
  ['methods'],
  ['metrics', 'relevance'],
];

// Beside the spine: numbers of a map, which all from the rules on may import, and pixels made of them.
const aside: Readonly<Record<string, readonly string[]>> = {
  maps: ['errors'],
  image: ['backends', 'errors', 'maps'],
};
const besideMaps = floors.findIndex((floor) => floor.includes('rules'));

const mayImport: Readonly<Record<string, readonly string[]>> = {
  ...Object.fromEntries(
    floors.flatMap((floor, i) => {
      const below = [...floors.slice(0, i).flat(), ...(i < besideMaps ? [] : ['maps'])];
      return floor.map((name) => [name, below]);
    }),
  ),
  ...aside,
  errors: ['backends'], // to tell a tensor
};

const files = readdirSync('src', { recursive: true, encoding: 'utf8' })
  .filter((name) => name.endsWith('.ts'))
  .map((name) => join('src', name))
  .sort();
const imports = new Map(files.map((file) => [file, importsOf(file)]));
const faults = [...directionFaults(), ...siblingFaults(), ...cycles()];
for (const fault of faults) console.error(fault);
console.log(`checkImports: ${files.length} files, ${faults.length} faults`);
process.exitCode = faults.length === 0 ? 0 : 1;

/** The files of ours that `file` imports or re-exports, types included. */
function importsOf(file: string): string[] {
  const { importedFiles } = ts.preProcessFile(readFileSync(file, 'utf8'), true, true);
  return importedFiles
    .filter(({ fileName }) => fileName.startsWith('.') && !fileName.endsWith('.json'))
    .map(({ fileName }) => `${join(dirname(file), fileName)}.ts`);
}

/** `gradients` for `src/gradients/backward.ts`; undefined for `src/index.ts`, which may import everything. */
function folderOf(file: string): string | undefined {
  const parts = relative('src', file).split('/');
  return parts.length > 1 ? parts[0] : undefined;
}

function directionFaults(): string[] {
  const found: string[] = [];
  for (const [file, imported] of imports) {
    const from = folderOf(file);
    if (from === undefined) continue;
    const allowed = mayImport[from];
    if (allowed === undefined) found.push(`${file}: the folder "${from}" has no place in the layering`);
    for (const other of imported) {
      const to = folderOf(other);
      if (!imports.has(other)) found.push(`${file}: imports ${other}, which is no file`);
      else if (to === undefined) found.push(`${file}: imports ${other}, the public door`);
      else if (to !== from && allowed?.includes(to) === false) {
        found.push(`${file}: ${from} must not import ${to} (${other})`);
      }
    }
  }
  return found;
}

/** Folders of one folder that import each other: which of them is the ground? */
function siblingFaults(): string[] {
  const first = new Map<string, string>();
  for (const [file, imported] of imports) {
    for (const other of imported) {
      const [from, to] = [dirname(file).split('/'), dirname(other).split('/')];
      const fork = from.findIndex((name, depth) => name !== to[depth]);
      if (fork === -1 || to[fork] === undefined) continue;
      const pair = [from, to].map((path) => path.slice(0, fork + 1).join('/'));
      if (!first.has(pair.join())) first.set(pair.join(), `${file} imports ${other}`);
    }
  }
  return [...first]
    .filter(([pair]) => first.has(pair.split(',').reverse().join()))
    .map(([pair, how]) => `${pair.replace(',', ' and ')} import each other: ${how}`);
}

/** Every cycle that a walk through the imports closes, each once. */
function cycles(): string[] {
  const found: string[] = [];
  const done = new Set<string>();
  const visit = (file: string, path: string[]): void => {
    const start = path.indexOf(file);
    if (start !== -1) found.push(`cycle: ${[...path.slice(start), file].join(' -> ')}`);
    if (start !== -1 || done.has(file)) return;
    for (const other of imports.get(file) ?? []) visit(other, [...path, file]);
    done.add(file);
  };
  for (const file of files) visit(file, []);
  return found;
}
