import { keep, reshape } from '@tensorflow/tfjs-core';
import type { Tensor } from '@tensorflow/tfjs-core';
import type { Inputs } from '../model/inputs';
import { tidied } from '../tensors/tidied';
import { meanOf } from './moments';
import type { Statistic } from './moments';
import { shareOf } from './readBack';
import { mapTensors, tensorsIn } from './structure';

/** How methods of many passes are held while they run. */
export interface PassOptions {
  /** Stops the passes: the promise is rejected with its reason, and no tensor is left. */
  signal?: AbortSignal;
  /** Called after each chunk of passes; `done` grows up to `total`. */
  onProgress?: (done: number, total: number) => void;
  /** Stops a sampling method when its mean standard error is below this share of the map's largest value. */
  until?: { standardError: number };
}

/** The names of `PassOptions`. */
export const PASS_OPTIONS: readonly string[] = ['signal', 'onProgress', 'until'];

/** The same, with how many passes are made at once. */
export interface Control extends PassOptions {
  readonly atOnce: number;
  /** Whether they may be fewer: nobody asked for so many. */
  readonly isFree: boolean;
}

/** How often whoever waits is told how far it is, at least: one may want to stop, or to look. */
const TURNS = 8;

/** What some passes make of a map. Whoever gets it disposes both. */
export interface Estimate<M> {
  /** The map so far. */
  map: M;
  /** Its standard error, cell by cell, of the same shape; NaN after a single pass. */
  standardError: M;
  /** How many passes that took. */
  done: number;
  /** How many there are to be. */
  total: number;
}

/**
 * Numbers of passes in chunks: the page gets its turn before each but the first, and may have the rest
 * stopped.
 */
export async function* turns(
  total: number,
  { atOnce, isFree, signal, onProgress }: Control,
): AsyncGenerator<{ first: number; count: number }> {
  const most = isFree ? Math.min(atOnce, Math.ceil(total / TURNS)) : atOnce;
  for (let first = 0; first < total; first += most) {
    if (first > 0) await nextTask();
    signal?.throwIfAborted();
    const count = Math.min(most, total - first);
    yield { first, count };
    onProgress?.(first + count, total);
  }
  signal?.throwIfAborted();
}

/**
 * The mean of many passes, or another statistic of them, as far as they have come.
 *
 * @param pass Gives what some passes make: a map for each, one after the other along the first axis.
 */
export async function* sampled(
  total: number,
  control: Control,
  pass: (first: number, count: number) => Inputs,
  statistic: Statistic = meanOf,
): AsyncGenerator<Estimate<Inputs>> {
  let states: (readonly Tensor[])[] = [];
  let done = 0;
  try {
    for await (const { first, count } of turns(total, control)) {
      let structure: Inputs | undefined;
      const before = states;
      states = tidied(() => {
        structure = pass(first, count);
        return tensorsIn(structure).map((stacked, i) => {
          const each = reshape(stacked, [count, (stacked.shape[0] ?? 1) / count, ...stacked.shape.slice(1)]);
          return statistic.takeIn(each, before[i], done).map((tensor) => keep(tensor));
        });
      });
      dispose(before.flat());
      done += count;
      const estimate = estimateOf(statistic, states, structure as Inputs, done, total);
      if (!(await isReached(control.until, estimate))) {
        yield estimate;
        continue;
      }
      control.onProgress?.(done, done);
      yield { ...estimate, total: done };
      return;
    }
  } finally {
    dispose(states.flat());
  }
}

function estimateOf(
  statistic: Statistic,
  states: readonly (readonly Tensor[])[],
  structure: Inputs,
  done: number,
  total: number,
): Estimate<Inputs> {
  return tidied(() => {
    const found = states.map((state) => {
      const { map, standardError } = statistic.estimate(state, done);
      // a handle of its own: the state goes on
      return { map: keep(reshape(map, map.shape)), standardError: keep(standardError) };
    });
    return {
      map: mapTensors(structure, (_, i) => (found[i] as (typeof found)[0]).map),
      standardError: mapTensors(structure, (_, i) => (found[i] as (typeof found)[0]).standardError),
      done,
      total,
    };
  });
}

/** Whether the estimate is as good as was asked for; NaN, of a single pass, is not. */
async function isReached(
  until: PassOptions['until'],
  { map, standardError }: Estimate<Inputs>,
): Promise<boolean> {
  if (!until) return false;
  const tensors = [tensorsIn(standardError), tensorsIn(map)] as const;
  try {
    return (await shareOf(...tensors)) < until.standardError;
  } catch (error) {
    dispose(tensors.flat());
    throw error;
  }
}

function dispose(tensors: readonly Tensor[]): void {
  for (const tensor of tensors) tensor.dispose();
}

/** Lets the page, or Node's event loop, have its turn: a promise alone would not. */
function nextTask(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, 0));
}
