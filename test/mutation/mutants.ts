import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Instrumenter } from '@stryker-mutator/instrumenter';
import { Random } from '../conformance/random.ts';

/** One change of one file. */
export interface Mutant {
  /** By which the instrumented files know it. */
  readonly id: string;
  readonly file: string;
  readonly mutator: string;
  readonly line: number;
  /** Where in the file's text. */
  readonly start: number;
  readonly end: number;
  readonly original: string;
  readonly replacement: string;
}

export interface Mutants {
  readonly all: readonly Mutant[];
  /** The files with all their mutants, each behind a switch, by their names. */
  readonly instrumented: ReadonlyMap<string, string>;
  /** How many are left out, by the reason. */
  readonly ignored: Readonly<Record<string, number>>;
}

/** All mutants that Stryker makes of the files of a folder of src. */
export async function mutantsOf(folder: string): Promise<Mutants> {
  const files = readdirSync(join('src', folder), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts'))
    .map((name) => join('src', folder, name))
    .sort();
  const texts = new Map(files.map((file) => [file, readFileSync(file, 'utf8')]));
  const { mutants, files: switched } = await instrumenter().instrument(
    files.map((name) => ({ name, mutate: true, content: texts.get(name) ?? '' })),
    { plugins: null, excludedMutations: [], ignorers: [textOfErrors] },
  );
  const ignored: Record<string, number> = {};
  const all: Mutant[] = [];
  for (const { id, fileName, mutatorName, location, replacement, statusReason } of mutants) {
    if (statusReason !== undefined) {
      ignored[statusReason] = (ignored[statusReason] ?? 0) + 1;
      continue;
    }
    const text = texts.get(fileName) ?? '';
    const start = offsetOf(text, location.start);
    const end = offsetOf(text, location.end);
    const original = text.slice(start, end);
    const line = location.start.line + 1;
    all.push({ id, file: fileName, mutator: mutatorName, line, start, end, original, replacement });
  }
  const instrumented = new Map(switched.map(({ name, content }) => [name, content]));
  return { all, instrumented, ignored };
}

/** `count` of them; the same seed draws the same ones, and a larger sample holds the smaller. */
export function sampled(mutants: readonly Mutant[], count: number, seed: string): readonly Mutant[] {
  const random = new Random(seed);
  const left = [...mutants];
  const drawn: Mutant[] = [];
  while (drawn.length < count && left.length > 0)
    drawn.push(...left.splice(random.integer(0, left.length - 1), 1));
  return drawn;
}

/** Whole texts of errors are held by the tests of errors; here they would only dilute the score. */
const textOfErrors = {
  shouldIgnore: (path: object): string | undefined => {
    const { type, callee } = (path as { node: { type: string; callee?: { name?: string } } }).node;
    return type === 'NewExpression' && callee?.name?.endsWith('Error') ? 'the text of an error' : undefined;
  },
};

function instrumenter(): Instrumenter {
  // all that it asks of its logger
  const logger = {
    debug: () => undefined,
    info: () => undefined,
    warn: () => undefined,
    isDebugEnabled: () => false,
  };
  return new Instrumenter(logger as never);
}

function offsetOf(text: string, { line, column }: { line: number; column: number }): number {
  let start = 0;
  for (let i = 0; i < line; i++) start = text.indexOf('\n', start) + 1;
  return start + column;
}
