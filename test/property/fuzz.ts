import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';

// Random models of property.test.ts for as long as it is told: npm run fuzz -- --minutes 10 --seed 123
//
// The first seed is printed, and each that fails; the exit status is 1 then. A seed that failed fails again
// by SEED=123 npx vitest run --project node-cpu test/property

/** So many models at a time; between them it looks at the clock. */
const COUNT = 50;

const { values } = parseArgs({
  options: {
    minutes: { type: 'string', default: '10' },
    seed: { type: 'string' },
    backends: { type: 'string', default: 'cpu,wasm' },
  },
});
const minutes = numberOf('minutes', values.minutes);
const first = numberOf('seed', values.seed ?? String(Math.floor(Math.random() * 1e9)));
const backends = values.backends.split(',');

console.log(`fuzz: ${minutes} minutes on ${backends.join(' and ')}, from seed ${first} on`);
const end = Date.now() + minutes * 60_000;
let seed = first;
let failed = 0;
while (Date.now() < end) {
  for (const backend of backends) failed += run(backend, seed);
  seed += COUNT;
}
console.log(
  `fuzz: ${seed - first} models, seeds ${first} to ${seed - 1}, on each of ${backends.length}: ${failed} failed`,
);
process.exitCode = failed > 0 ? 1 : 0;

/** How many of the models fail. */
function run(backend: string, from: number): number {
  const folder = mkdtempSync(join(tmpdir(), 'fuzz-'));
  const report = join(folder, 'report.json');
  spawnSync(
    process.execPath,
    [
      'node_modules/vitest/vitest.mjs',
      'run',
      `--project=node-${backend}`,
      '--reporter=json',
      `--outputFile.json=${report}`,
      'test/property/property.test.ts',
    ],
    { env: { ...process.env, SEED: String(from), COUNT: String(COUNT) }, stdio: 'ignore' },
  );
  const tests = testsOf(report);
  rmSync(folder, { recursive: true });
  const failures = tests.filter(({ status }) => status !== 'passed');
  for (const { fullName, failureMessages } of failures)
    console.log(`FAILED on ${backend}: ${fullName}\n  ${failureMessages.join('\n').slice(0, 400)}`);
  // a process that dies, or a file that does not load, has tried nothing
  if (tests.length !== COUNT)
    console.log(`FAILED on ${backend}: of seeds ${from} to ${from + COUNT - 1} only ${tests.length} ran`);
  return failures.length + COUNT - tests.length;
}

interface Test {
  readonly status: string;
  readonly fullName: string;
  readonly failureMessages: readonly string[];
}

function testsOf(report: string): readonly Test[] {
  try {
    const { testResults } = JSON.parse(readFileSync(report, 'utf8')) as {
      testResults: readonly { assertionResults: readonly Test[] }[];
    };
    return testResults.flatMap(({ assertionResults }) => assertionResults);
  } catch {
    return [];
  }
}

function numberOf(name: string, text: string): number {
  const value = Number(text);
  if (!Number.isFinite(value) || value < 0)
    throw new RangeError(`fuzz: expected --${name} to be a number from 0 on, got "${text}"`);
  return value;
}
