import { spawn, type ChildProcess } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Mutant } from './mutants.ts';
import type { MutationEvent } from './runner';
import type { MutationRun } from './vitest.config';

export interface Outcome {
  readonly status: 'passed' | 'failed' | 'timeout';
  readonly seconds: number;
  /** The first test that failed. */
  readonly by?: string;
}

/** The tests with one mutant, or none, in a process of their own, which is ended after `limit` seconds. */
export async function runTests(
  backend: string,
  tests: readonly string[],
  limit: number,
  mutant?: Mutant,
): Promise<Outcome> {
  const folder = mkdtempSync(join(tmpdir(), 'mutation-'));
  const report = join(folder, 'report.json');
  const start = Date.now();
  const child = vitest({ backend, tests, ...(mutant ? { mutant } : {}) }, report);
  let isLate = false;
  const timer = setTimeout(() => {
    isLate = true;
    end(child);
  }, limit * 1000);
  const code = await exitOf(child);
  clearTimeout(timer);
  const seconds = (Date.now() - start) / 1000;
  const by = isLate || code === 0 ? undefined : firstFailure(report);
  rmSync(folder, { recursive: true });
  if (isLate) return { status: 'timeout', seconds };
  return by === undefined ? { status: 'passed', seconds } : { status: 'failed', seconds, by };
}

/** What many mutants came to in one process. */
export interface Tried {
  readonly killed: ReadonlyMap<string, string>;
  /** Which left something behind, or took longer than `limit` seconds over one test. */
  readonly unsure: ReadonlySet<string>;
  /** The files of tests that ran its code, by the mutant. */
  readonly files: ReadonlyMap<string, ReadonlySet<string>>;
  /** Tests that do not pass in this way without a mutant, either, and say nothing. */
  readonly broken: ReadonlySet<string>;
}

/** The tests with many mutants in one process, or another one where a mutant spoilt it. */
export async function tryAll(
  backend: string,
  tests: readonly string[],
  folder: string,
  ids: readonly string[],
  limit: number,
): Promise<Tried> {
  const killed = new Map<string, string>();
  const unsure = new Set<string>();
  const files = new Map<string, Set<string>>();
  const broken = new Set<string>();
  let asked = tests;
  while (asked.length > 0) {
    const left = ids.filter((id) => !killed.has(id) && !unsure.has(id));
    if (left.length === 0) break;
    const found = await tryOnce({ backend, tests: asked }, folder, left, limit);
    let from = asked.length;
    for (const each of found) {
      const file = each.test.slice(0, each.test.indexOf(':'));
      if (each.event === 'killed') killed.set(each.id, `${backend} ${each.test}`);
      if (each.event === 'broken') broken.add(each.test);
      if (each.event === 'unsure') {
        unsure.add(each.id);
        from = asked.indexOf(file); // the others have been through the files before it
      }
      if (each.event !== 'run') continue;
      for (const id of each.ids) files.set(id, (files.get(id) ?? new Set()).add(file));
    }
    asked = asked.slice(from);
  }
  return { killed, unsure, files, broken };
}

async function tryOnce(
  run: MutationRun,
  folder: string,
  ids: readonly string[],
  limit: number,
): Promise<MutationEvent[]> {
  const place = mkdtempSync(join(tmpdir(), 'mutation-'));
  const events = join(place, 'events');
  const report = join(place, 'report.json');
  const child = vitest({ ...run, switched: { folder, ids, events } }, report);
  const started = Date.now();
  let isStuck = false;
  const watch = setInterval(() => {
    const last = existsSync(events) ? statSync(events).mtimeMs : started;
    if (!isOver(events) && Date.now() - last > limit * 1000) {
      isStuck = true;
      end(child);
    }
  }, 1000);
  await exitOf(child);
  clearInterval(watch);
  if (!isStuck && !existsSync(report))
    throw new Error(`the tests of ${folder} on ${run.backend} did not run`);
  const found = existsSync(events) ? eventsIn(events) : [];
  rmSync(place, { recursive: true });
  const last = found.at(-1);
  return isStuck && last?.event === 'trying' ? [...found, { ...last, event: 'unsure' }] : found;
}

/** Whether no mutant is being tried. */
function isOver(events: string): boolean {
  return !existsSync(events) || eventsIn(events).at(-1)?.event !== 'trying';
}

function eventsIn(file: string): MutationEvent[] {
  const lines = readFileSync(file, 'utf8').split('\n');
  return lines.filter((line) => line !== '').map((line) => JSON.parse(line) as MutationEvent);
}

function vitest(run: MutationRun, report: string): ChildProcess {
  return spawn(
    process.execPath,
    [
      'node_modules/vitest/vitest.mjs',
      'run',
      '--config=test/mutation/vitest.config.ts',
      '--reporter=json',
      `--outputFile.json=${report}`,
    ],
    {
      env: { ...process.env, MUTATION: JSON.stringify(run) },
      stdio: process.env['MUTATION_VERBOSE'] ? 'inherit' : 'ignore',
      detached: true,
    },
  );
}

/** With the workers that it started. */
function end(child: ChildProcess): void {
  if (child.pid !== undefined) process.kill(-child.pid, 'SIGKILL');
}

function exitOf(child: ChildProcess): Promise<number | null> {
  return new Promise((resolve) => child.once('exit', resolve));
}

interface Report {
  readonly testResults: readonly {
    readonly name: string;
    readonly message: string;
    readonly assertionResults: readonly { readonly status: string; readonly fullName: string }[];
  }[];
}

function firstFailure(report: string): string {
  let read: Report;
  try {
    read = JSON.parse(readFileSync(report, 'utf8')) as Report;
  } catch {
    return 'the process ended';
  }
  for (const { name, message, assertionResults } of read.testResults) {
    const file = name.slice(name.indexOf('test/'));
    const failed = assertionResults.find(({ status }) => status === 'failed');
    if (failed) return `${file}: ${failed.fullName}`;
    if (message !== '') return `${file}: ${message.split('\n')[0] ?? ''}`;
  }
  return 'an error outside every test';
}
