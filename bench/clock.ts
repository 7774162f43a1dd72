import { dispose, getBackend, slice, tidy } from '@tensorflow/tfjs-core';
import type { Tensor } from '@tensorflow/tfjs-core';
import type { MeasureName } from './results.ts';
import type { Rounds } from './statistics.ts';

/** Something to be timed. */
export interface Measure {
  readonly name: MeasureName;
  readonly run: () => Tensor;
  /** Whether a round is nothing without it; the others are left out where time is short. */
  readonly essential: boolean;
}

/** Milliseconds that `run` takes until its result is there. */
export async function timed(run: () => Tensor): Promise<number> {
  const start = performance.now();
  const y = tidy(run);
  await finished(y);
  const end = performance.now();
  y.dispose();
  return end - start;
}

/** Waits until a result is computed: one value of it is read back, as a GPU works on behind our back. */
async function finished(y: Tensor): Promise<void> {
  const value = tidy(() =>
    slice(
      y,
      y.shape.map(() => 0),
      y.shape.map(() => 1),
    ),
  );
  if (getBackend() === 'webgpu')
    await value.data(); // which cannot wait in `dataSync`
  else value.dataSync();
  dispose(value);
}

/** When a series of rounds ends. */
export interface Limits {
  /** The time, of `performance.now()`, after which no round is begun that would not end before it. */
  readonly until: number;
  readonly rounds: number;
  /** What each measure took when it was tried, in milliseconds. */
  readonly expected: ReadonlyMap<MeasureName, number>;
}

/**
 * Times all measures in turn, A B C C B A A B C ..., so that what slows the machine down slows all of them.
 *
 * @param onRound Told of the times so far, after each.
 */
export async function interleave(
  measures: readonly Measure[],
  { until, rounds, expected }: Limits,
  doing: (name: MeasureName) => void,
  onRound: (times: Partial<Record<MeasureName, Rounds>>) => void,
): Promise<void> {
  const times: Partial<Record<MeasureName, (number | null)[]>> = {};
  const last = new Map(expected);
  const timeOf = ({ name }: Measure): number => last.get(name) ?? 0;
  const essentials = measures.filter(({ essential }) => essential);
  for (let round = 0; round < rounds; round++) {
    const cost = essentials.reduce((total, measure) => total + timeOf(measure), 0);
    if (round > 0 && performance.now() + cost > until) break;
    for (const measure of round % 2 === 0 ? measures : [...measures].reverse()) {
      const list = (times[measure.name] ??= []);
      if (!measure.essential && performance.now() + timeOf(measure) + cost > until) {
        list.push(null);
        continue;
      }
      doing(measure.name);
      const milliseconds = await timed(measure.run);
      last.set(measure.name, milliseconds);
      list.push(milliseconds);
    }
    onRound(times);
  }
}
