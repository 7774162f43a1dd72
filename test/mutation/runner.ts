import { appendFileSync } from 'node:fs';
import { TestRunner, type RunnerTestCase as Test } from 'vitest';
import type { MutationRun } from './vitest.config';

/** What instrumented code reads and writes. */
interface Stryker {
  activeMutant?: string;
  currentTestId?: string;
  hitCount?: number;
  hitLimit?: number;
  mutantCoverage?: { readonly perTest: Record<string, Readonly<Record<string, number>>> };
}

/** One line of the file of events. */
export type MutationEvent =
  | { readonly event: 'run'; readonly ids: readonly string[]; readonly test: string }
  | { readonly event: 'trying' | 'killed' | 'unsure'; readonly id: string; readonly test: string }
  | { readonly event: 'broken'; readonly test: string };

const { switched } = JSON.parse(process.env['MUTATION'] ?? '') as MutationRun;
const stryker = ((globalThis as { __stryker__?: Stryker }).__stryker__ ??= {});
const alive = new Set(switched?.ids);

/** Something is not what it was before a mutant: nothing more can be learned in this process. */
let isSpoilt = false;

/**
 * Runs each test as it is, and then once with each mutant whose code it ran. A test that fails with the
 * mutant has to pass again without it, or the mutant has left something behind, and is tried in a process of
 * its own.
 */
export default class MutationRunner extends TestRunner {
  async runTask(test: Test): Promise<void> {
    if (isSpoilt || alive.size === 0) return;
    const name = `${test.file.name}: ${test.name}`;
    const run = TestRunner.getTestFn(test);
    stryker.currentTestId = test.id;
    try {
      await run();
    } catch {
      tell({ event: 'broken', test: name });
      return;
    } finally {
      delete stryker.currentTestId;
    }
    const hits = stryker.mutantCoverage?.perTest[test.id] ?? {};
    const covered = Object.keys(hits).filter((id) => alive.has(id));
    if (covered.length === 0) return;
    tell({ event: 'run', ids: covered, test: name });
    for (const id of covered) {
      tell({ event: 'trying', id, test: name });
      if (await passes(run, id, (hits[id] ?? 0) * 100 + 1000)) continue;
      alive.delete(id);
      isSpoilt = !(await passes(run));
      tell({ event: isSpoilt ? 'unsure' : 'killed', id, test: name });
      if (isSpoilt) return;
    }
  }
}

/** An endless loop ends by its count of hits. */
async function passes(run: () => unknown, id?: string, hitLimit = Infinity): Promise<boolean> {
  Object.assign(stryker, { activeMutant: id, hitCount: 0, hitLimit });
  try {
    await run();
    return true;
  } catch {
    return false;
  } finally {
    delete stryker.activeMutant;
  }
}

function tell(event: MutationEvent): void {
  if (switched) appendFileSync(switched.events, `${JSON.stringify(event)}\n`);
}
