import { readFileSync } from 'node:fs';

/** What is in use in a process once garbage is gone, as memoryLog.mjs writes it down. */
export interface MemorySample {
  readonly pid: number;
  readonly megabytes: number;
  /** With garbage, and with what V8 keeps for more. */
  readonly rss: number;
  readonly tensors: number;
}

/** The samples of each process that lived for a while, in their order, from when it had loaded. */
export function memoryByProcess(log: string): MemorySample[][] {
  const lines = readFileSync(log, 'utf8').split('\n').slice(0, -1);
  const samples = lines.map((line) => JSON.parse(line) as MemorySample);
  const byProcess = new Map<number, MemorySample[]>();
  for (const sample of samples) byProcess.set(sample.pid, [...(byProcess.get(sample.pid) ?? []), sample]);
  return [...byProcess.values()].map(loaded).filter(({ length }) => length >= 9);
}

/** How much more is in use in the last third than in the middle one, by the least of each. */
export function growthOf(samples: readonly MemorySample[], what: 'megabytes' | 'tensors'): number {
  const third = Math.floor(samples.length / 3);
  const least = (some: readonly MemorySample[]) => Math.min(...some.map((sample) => sample[what]));
  return least(samples.slice(2 * third)) - least(samples.slice(third, 2 * third));
}

/** Until a process has half of what it has in the end, it loads: for long, where the machine is busy. */
function loaded(samples: readonly MemorySample[]): MemorySample[] {
  const half = (samples.at(-1)?.megabytes ?? 0) / 2;
  return samples.slice(samples.findIndex(({ megabytes }) => megabytes > half));
}
