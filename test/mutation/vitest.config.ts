import { fileURLToPath } from 'node:url';
import { BaseSequencer, type TestSpecification } from 'vitest/node';
import { defineConfig, type Plugin } from 'vitest/config';
import { entryAliases } from '../setup/entryAliases.ts';
import type { Mutant } from './mutants.ts';

// One run of the tests for run.ts, which says by MUTATION what to do. All files share a process, as most of
// the time of a short run goes into imports.

export interface MutationRun {
  readonly backend: string;
  /** In this order. */
  readonly tests: readonly string[];
  /** One mutant from the start, as if its file were so. */
  readonly mutant?: Mutant;
  /** Many mutants, each switched on and off around each test that runs its code: see runner.ts. */
  readonly switched?: Switched;
}

export interface Switched {
  /** The folder of src that is instrumented. */
  readonly folder: string;
  readonly ids: readonly string[];
  /** A file, to which a line is added for each thing that is found out. */
  readonly events: string;
}

const { backend, tests, mutant, switched } = JSON.parse(process.env['MUTATION'] ?? '') as MutationRun;
const { instrumented } = switched ? await (await import('./mutants.ts')).mutantsOf(switched.folder) : {};

const root = fileURLToPath(new URL('../../', import.meta.url));
const atRoot = (path: string) => `${root}${path}`;

const isMutated = (id: string): boolean => {
  const file = id.startsWith(root) ? id.slice(root.length) : '';
  return mutant?.file === file || instrumented?.has(file) === true;
};

/** The mutated files are never on the disk. */
const mutated: Plugin = {
  name: 'mutated',
  enforce: 'pre',
  configureVitest({ experimental_defineCacheKeyGenerator }) {
    experimental_defineCacheKeyGenerator(({ id }) => (isMutated(id) ? false : undefined));
  },
  transform(code, id) {
    if (!isMutated(id)) return undefined;
    const file = id.slice(root.length);
    if (mutant?.file !== file) return instrumented?.get(file);
    if (code.slice(mutant.start, mutant.end) !== mutant.original)
      throw new Error(`${file} is not what it was when the mutant was made`);
    return code.slice(0, mutant.start) + mutant.replacement + code.slice(mutant.end);
  },
};

class InOrder extends BaseSequencer {
  override sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const place = ({ moduleId }: TestSpecification) => tests.findIndex((test) => moduleId === atRoot(test));
    return Promise.resolve([...files].sort((a, b) => place(a) - place(b)));
  }
}

export default defineConfig({
  root,
  plugins: [mutated],
  resolve: { alias: entryAliases },
  test: {
    name: `node-${backend}`,
    include: [...tests],
    setupFiles: [atRoot(`test/setup/${backend}.ts`)],
    isolate: false,
    experimental: { fsModuleCache: true },
    fileParallelism: false,
    bail: switched ? 0 : 1,
    ...(switched ? { runner: atRoot('test/mutation/runner.ts') } : {}),
    sequence: { sequencer: InOrder },
    testTimeout: 900_000,
    hookTimeout: 900_000,
  },
});
