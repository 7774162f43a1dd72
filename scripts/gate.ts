import { spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { relative } from 'node:path';

// The whole gate: `npm test`. Every check runs, also after one has failed. The last line has the counts: each
// test counts as one, and so does each other check.

const testReport = 'node_modules/.cache/guided-saliency/tests.json';

const checks = [
  ['lint', 'eslint .'],
  ['format', 'prettier --check .'],
  ['types', 'tsc --noEmit'],
  ['documented defaults', 'tsx scripts/checkDocs.ts'],
  ['import directions', 'tsx scripts/checkImports.ts'],
] as const;

/** The part of Vitest's JSON report that is read here. */
interface Report {
  readonly numPassedTests: number;
  readonly numFailedTests: number;
  readonly testResults: readonly FileResult[];
}

interface FileResult {
  readonly name: string;
  readonly message: string;
  readonly startTime: number;
  readonly endTime: number;
  readonly assertionResults: readonly TestResult[];
}

interface TestResult {
  readonly status: string;
  readonly fullName: string;
  readonly failureMessages: readonly string[] | null;
}

interface Count {
  readonly name: string;
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
}

// beside one another, as each takes one core: the longest, which is the first, about as long as all others
const counts: Count[] = await Promise.all(
  checks.map(async ([name, command]) => {
    const { isRight, output } = await resultOf(command);
    console.log(`\n=== ${name}: ${command}\n${output}`);
    return { name, passed: Number(isRight), failed: Number(!isRight), skipped: 0 };
  }),
);
counts.push(runTests());

console.log('\n');
for (const { name, passed, failed, skipped } of counts) {
  console.log(
    `${name.padEnd(22)} ${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`,
  );
}
const total = (what: 'passed' | 'failed'): number => counts.reduce((sum, count) => sum + count[what], 0);
console.log(`\n${total('passed')} passed, ${total('failed')} failed`);
process.exitCode = total('failed') === 0 ? 0 : 1;

/** Runs a check, and holds back what it prints until it ends: others run at the same time. */
function resultOf(command: string): Promise<{ isRight: boolean; output: string }> {
  return new Promise((resolve) => {
    const child = spawn(command, { shell: true, stdio: ['ignore', 'pipe', 'pipe'] });
    let output = '';
    for (const stream of [child.stdout, child.stderr])
      stream.setEncoding('utf8').on('data', (text: string) => (output += text));
    child.on('close', (status) => {
      resolve({ isRight: status === 0, output });
    });
  });
}

function runTests(): Count {
  rmSync(testReport, { force: true });
  mkdirSync('node_modules/.cache/guided-saliency', { recursive: true });
  const reporters = `--reporter=default --reporter=json --outputFile.json=${testReport}`;
  const command = `vitest run ${reporters}`;
  console.log(`\n=== tests: ${command}`);
  const isRight = spawnSync(command, { shell: true, stdio: 'inherit' }).status === 0;
  if (!existsSync(testReport)) return { name: 'tests', passed: 0, failed: 1, skipped: 0 };
  const report = JSON.parse(readFileSync(testReport, 'utf8')) as Report;
  const { numPassedTests: passed, numFailedTests: failed } = report;
  const tests = report.testResults.flatMap(({ assertionResults }) => assertionResults);
  const skipped = tests.filter(({ status }) => status !== 'passed' && status !== 'failed');
  for (const [name, times] of tally(skipped.map(({ fullName }) => fullName)))
    console.log(`SKIPPED ${times}x: ${name}`);
  showSlowest(report.testResults);
  showFailures(report.testResults);
  // a file that does not load, or an error outside every test, fails no test
  const others = !isRight && failed === 0 ? 1 : 0;
  return { name: 'tests', passed, failed: failed + others, skipped: skipped.length };
}

function tally(names: string[]): Map<string, number> {
  const times = new Map<string, number>();
  for (const name of names) times.set(name, (times.get(name) ?? 0) + 1);
  return times;
}

/** Where the time goes; a file that runs on several backends is there once for each. */
function showSlowest(files: readonly FileResult[]): void {
  const seconds = ({ startTime, endTime }: FileResult): number => (endTime - startTime) / 1000;
  const slowest = [...files].sort((a, b) => seconds(b) - seconds(a)).slice(0, 25);
  for (const file of slowest) console.log(`SLOW ${seconds(file).toFixed(0)} s: ${relative('.', file.name)}`);
}

/** At the end once more, where whoever sees the last lines only sees them, too. */
function showFailures(files: readonly FileResult[]): void {
  for (const { name, message, assertionResults } of files) {
    const failed = assertionResults.filter(({ status }) => status === 'failed');
    for (const { fullName, failureMessages } of failed)
      console.log(`FAILED ${relative('.', name)}: ${fullName}\n  ${firstLines(failureMessages?.join('\n'))}`);
    if (failed.length === 0 && message !== '')
      console.log(`FAILED ${relative('.', name)}\n  ${firstLines(message)}`);
  }
}

function firstLines(text = ''): string {
  return text.split('\n').slice(0, 6).join('\n  ');
}
