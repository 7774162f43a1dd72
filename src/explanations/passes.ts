import { keep, reshape } from '@tensorflow/tfjs-core';
import type { Tensor } from '@tensorflow/tfjs-core';
import type { Inputs } from '../model/inputs';
import { tidied } from '../tensors/tidied';
import { momentsWith, standardErrorOf } from './moments';
import type { Moments } from './moments';
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
}

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
  { atOnce, signal, onProgress }: Control,
): AsyncGenerator<{ first: number; count: number }> {
  for (let first = 0; first < total; first += atOnce) {
    if (first > 0) await nextTask();
    signal?.throwIfAborted();
    const count = Math.min(atOnce, total - first);
    yield { first, count };
    onProgress?.(first + count, total);
  }
  signal?.throwIfAborted();
}

/**
 * The mean of many passes, as far as they have come.
 *
 * @param pass Gives what some passes make: a map for each, one after the other along the first axis.
 */
export async function* sampled(
  total: number,
  control: Control,
  pass: (first: number, count: number) => Inputs,
): AsyncGenerator<Estimate<Inputs>> {
  let moments: Moments[] = [];
  let done = 0;
  try {
    for await (const { first, count } of turns(total, control)) {
      let structure: Inputs | undefined;
      const before = moments;
      moments = tidied(() => {
        structure = pass(first, count);
        return tensorsIn(structure).map((stacked, i) => {
          const each = reshape(stacked, [count, (stacked.shape[0] ?? 1) / count, ...stacked.shape.slice(1)]);
          const { mean, spread } = momentsWith(each, before[i], done);
          return { mean: keep(mean), spread: keep(spread) };
        });
      });
      dispose(before);
      done += count;
      const estimate = tidied(() => estimateOf(moments, structure as Inputs, done, total));
      const isEnough = await reached(control.until, estimate);
      if (!isEnough) {
        yield estimate;
        continue;
      }
      control.onProgress?.(done, done);
      yield { ...estimate, total: done };
      return;
    }
  } finally {
    dispose(moments);
  }
}

function estimateOf(
  moments: readonly Moments[],
  structure: Inputs,
  done: number,
  total: number,
): Estimate<Inputs> {
  const handle = (tensor: Tensor) => keep(reshape(tensor, tensor.shape));
  return {
    map: mapTensors(structure, (_, i) => handle((moments[i] as Moments).mean)),
    standardError: mapTensors(structure, (_, i) => keep(standardErrorOf(moments[i] as Moments, done))),
    done,
    total,
  };
}

/** Whether the estimate is as good as was asked for; NaN, of a single pass, is not. */
async function reached(
  until: PassOptions['until'],
  { map, standardError }: Estimate<Inputs>,
): Promise<boolean> {
  if (!until) return false;
  return (await shareOf(tensorsIn(standardError), tensorsIn(map))) < until.standardError;
}

function dispose(moments: readonly Moments[]): void {
  for (const { mean, spread } of moments) for (const tensor of [mean, spread]) tensor.dispose();
}

/** Lets the page, or Node's event loop, have its turn: a promise alone would not. */
function nextTask(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, 0));
}
