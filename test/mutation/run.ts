import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { parseArgs } from 'node:util';
import { folders, type Folder } from './folders';
import { mutantsOf, sampled, type Mutant } from './mutants.ts';
import { runTests, tryAll } from './runTests';

// Mutation testing: npm run mutation -- --count 40 --seed 1 --only rules,gradients/pooling
//
// Of each folder a random sample of the mutants that Stryker makes. First many at once, on cpu and then on
// wasm: each test runs once more with each mutant whose code it runs. What cannot be judged so (it leaves
// something behind, or runs while the code is loaded) has the tests to itself, in a process of its own, on
// cpu; what survived does so, too, unless --quick counts it as it is. With --continue what the last run found
// killed stays so, as long as the file has the same text there. The exit status is 1 below 80 %.

const { values } = parseArgs({
  options: {
    count: { type: 'string', default: '40' },
    seed: { type: 'string', default: '1' },
    only: { type: 'string' },
    quick: { type: 'boolean', default: false },
    continue: { type: 'boolean', default: false },
    workers: { type: 'string', default: '2' },
    /** How many seconds one test, and all of them, may take longer than they should. */
    limit: { type: 'string', default: '60' },
    out: { type: 'string', default: 'node_modules/.cache/guided-saliency/mutation.json' },
  },
});
const limit = Number(values.limit);
const WORKERS = Number(values.workers);

interface Judged {
  readonly mutant: Mutant;
  readonly status: 'killed' | 'timeout' | 'survived';
  /** The first test that failed. */
  readonly by?: string;
}

interface Judgement {
  readonly mutants: number;
  readonly ignored: Readonly<Record<string, number>>;
  readonly judged: readonly Judged[];
}

interface Judgements {
  readonly results: Readonly<Record<string, Judgement>>;
}

const tests = readdirSync('test', { recursive: true, encoding: 'utf8' })
  .filter((name) => name.endsWith('.test.ts'))
  .sort();

/** How long tests take without a mutant; they have to pass, or every mutant would seem killed. */
const secondsOf = new Map<string, number>();

const last = existsSync(values.out)
  ? (JSON.parse(readFileSync(values.out, 'utf8')) as Judgements)
  : { results: {} };
const only = values.only?.split(',');
const results: Record<string, Judgement> = values.continue ? { ...last.results } : {};
for (const folder of folders.filter(({ name }) => !only || only.includes(name))) {
  const { all, ignored } = await mutantsOf(folder.name);
  const sample = sampled(all, Number(values.count), `mutation ${values.seed} ${folder.name}`);
  const known = sample.flatMap((mutant) => knownOf(mutant, results[folder.name]?.judged ?? []));
  const left = sample.filter((mutant) => !known.some((each) => isSame(each.mutant, mutant)));
  const judged = [...known, ...(await judge(left, folder))];
  results[folder.name] = { mutants: all.length, ignored, judged };
  console.log(summary(folder.name, all.length, judged));
  mkdirSync(dirname(values.out), { recursive: true });
  writeFileSync(
    values.out,
    JSON.stringify({ seed: values.seed, count: values.count, results }, undefined, 1),
  );
}
const every = Object.values(results);
const judgedOfAll = every.flatMap(({ judged }) => judged);
const mutantsOfAll = every.reduce((sum, { mutants }) => sum + mutants, 0);
console.log(summary('all', mutantsOfAll, judgedOfAll));
process.exitCode = scoreOf(judgedOfAll) < 80 ? 1 : 0;

/** What is known of a mutant that was killed. */
function knownOf(mutant: Mutant, judged: readonly Judged[]): Judged[] {
  const known = judged.find((each) => isSame(each.mutant, mutant));
  return known && known.status !== 'survived' ? [{ ...known, mutant }] : [];
}

/** Whichever number it has. */
function isSame(a: Mutant, b: Mutant): boolean {
  return (['file', 'mutator', 'start', 'original', 'replacement'] as const).every((key) => a[key] === b[key]);
}

function matching(patterns: readonly string[]): string[] {
  const found = patterns.flatMap((pattern) =>
    tests.filter((test) => test.startsWith(`${pattern}/`) || test === `${pattern}.test.ts`),
  );
  return [...new Set(found)].map((test) => `test/${test}`);
}

async function judge(
  mutants: readonly Mutant[],
  { name, tests: patterns, backends }: Folder,
): Promise<Judged[]> {
  const judged: Judged[] = [];
  const asked = matching(patterns);
  const files = new Map<string, Set<string>>();
  const unsure: Mutant[] = [];
  let left = mutants;
  for (const backend of backends) {
    const ids = left.map(({ id }) => id);
    if (ids.length === 0) break;
    const tried = await tryAll(backend, asked, name, ids, limit);
    for (const test of tried.broken) console.log(`${name}, on ${backend}: no mutant is tried with ${test}`);
    for (const [id, ran] of tried.files) files.set(id, new Set([...(files.get(id) ?? []), ...ran]));
    for (const mutant of left) {
      const by = tried.killed.get(mutant.id);
      if (by !== undefined) judged.push({ mutant, status: 'killed', by });
      else if (tried.unsure.has(mutant.id)) unsure.push(mutant);
    }
    left = left.filter((mutant) => !tried.killed.has(mutant.id) && !unsure.includes(mutant));
  }
  console.log(`${name}: ${judged.length} of ${mutants.length} killed at once`);
  const isKnown = (mutant: Mutant) => values.quick && files.has(mutant.id);
  for (const mutant of left.filter(isKnown)) judged.push({ mutant, status: 'survived' });
  for (const { status, mutant } of judged)
    if (status === 'survived') console.log(described({ status, mutant }));
  const alone = [...unsure, ...left.filter((each) => !isKnown(each))];
  console.log(`${name}: ${alone.length} of ${mutants.length} have a process of their own`);
  await Promise.all(
    Array.from({ length: WORKERS }, async () => {
      for (let mutant = alone.shift(); mutant; mutant = alone.shift()) {
        const each = await judgeAlone(mutant, asked, files.get(mutant.id));
        if (each.status !== 'killed') console.log(described(each));
        judged.push(each);
      }
    }),
  );
  return judged;
}

/** In a process of its own: by the tests that run its code, or by all where only loading does. */
async function judgeAlone(
  mutant: Mutant,
  all: readonly string[],
  files?: ReadonlySet<string>,
): Promise<Judged> {
  const list = files ? all.filter((file) => files.has(file)) : all;
  const key = list.join();
  let seconds = secondsOf.get(key);
  if (seconds === undefined) {
    const without = await runTests('cpu', list, 600);
    if (without.status !== 'passed') throw new Error(`without a mutant: ${without.by ?? 'too slow'}`);
    secondsOf.set(key, (seconds = without.seconds));
  }
  const { status, by } = await runTests('cpu', list, limit + 4 * seconds, mutant);
  if (status === 'timeout') return { mutant, status };
  return status === 'passed'
    ? { mutant, status: 'survived' }
    : { mutant, status: 'killed', by: `cpu ${by ?? ''}` };
}

function described({ mutant, status }: Judged): string {
  const { file, line, mutator, original, replacement } = mutant;
  const short = (text: string) => text.replace(/\s+/g, ' ').slice(0, 160);
  return `${status} ${file}:${line} ${mutator}: ${short(original)} -> ${short(replacement)}`;
}

function summary(name: string, mutants: number, judged: readonly Judged[]): string {
  const of = (status: Judged['status']) => judged.filter((each) => each.status === status).length;
  return (
    `${name}: ${scoreOf(judged).toFixed(0)} % of ${judged.length} (of ${mutants}): ${of('killed')} killed, ` +
    `${of('timeout')} by time, ${of('survived')} survived`
  );
}

/** The share of the mutants that are not there any more. */
function scoreOf(judged: readonly Judged[]): number {
  return (100 * judged.filter(({ status }) => status !== 'survived').length) / judged.length;
}
