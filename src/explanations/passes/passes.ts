import { keep, reshape } from '@tensorflow/tfjs-core';
import type { Tensor } from '@tensorflow/tfjs-core';
import { wrongKind } from '../../errors/wrongKind';
import type { Inputs } from '../../model/inputs';
import { tidied } from '../../tensors/tidied';
import { checkInUse } from '../inputs/checkInUse';
import { meanAlone, meanOf } from './moments';
import type { Statistic } from './moments';
import { nextTask } from './nextTask';
import { shareOf } from './readBack';
import { mapTensors, tensorsIn } from '../inputs/structure';

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

/** Refuses what passes cannot be held by. */
export function checkPassOptions({
  signal,
  onProgress,
  until,
}: { [Name in keyof PassOptions]?: unknown }): void {
  const { throwIfAborted } = Object(signal) as { throwIfAborted?: unknown };
  if (signal !== undefined && typeof throwIfAborted !== 'function') {
    const { signal: own } = Object(signal) as { signal?: unknown };
    throw wrongKind(
      'signal to be an AbortSignal',
      signal,
      own === undefined ? undefined : 'pass its .signal',
    );
  }
  if (onProgress !== undefined && typeof onProgress !== 'function') {
    throw wrongKind('onProgress to be a function', onProgress);
  }
  const { standardError } = Object(until) as { standardError?: unknown };
  if (until === undefined || (typeof standardError === 'number' && standardError > 0)) return;
  throw wrongKind('until to be { standardError }, a number above 0', until);
}

/** The same, with how many passes are made at once. */
export interface Control extends PassOptions {
  readonly atOnce: number;
  /** Whether they may be fewer: nobody asked for so many. */
  readonly isFree: boolean;
}

/** The same, with the input that the passes read. */
export interface PassControl extends Control {
  readonly x: Inputs;
  /** Whether the last estimate's map is all that anybody looks at. */
  readonly isOnlyMap?: boolean;
}

/** How often whoever waits is told how far it is, at least: one may want to stop, or to look. */
const TURNS = 8;

/** What some passes make of a map. Whoever gets it disposes both. */
export interface Estimate<M> {
  /** The map so far. */
  map: M;
  /** Its standard error, cell by cell, of the same shape; NaN where it is unknown, as after a single pass. */
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

/** How a map comes together from many passes. */
export interface Gathering {
  /**
   * What is known after some more passes, for each tensor of the map; call it inside `tidy`.
   *
   * @param known What was known after `done` passes; empty for none.
   */
  readonly takeIn: (first: number, count: number, known: Known, done: number) => Known;
  /** The map that it comes to after `done` passes, with its standard error. */
  readonly estimate: (known: Known, done: number) => { readonly map: Inputs; readonly standardError: Inputs };
}

/** What is known of each tensor of a map. */
export type Known = readonly (readonly Tensor[])[];

/**
 * The mean of many passes, or another statistic of them, as far as they have come.
 *
 * @param pass Gives what some passes make: a map for each, one after the other along the first axis.
 */
export function sampled(
  total: number,
  control: PassControl,
  pass: (first: number, count: number) => Inputs,
  statistic: Statistic = control.isOnlyMap ? meanAlone : meanOf,
): AsyncGenerator<Estimate<Inputs>> {
  let structure: Inputs | undefined;
  let last = 1;
  return gathered(total, control, {
    takeIn: (first, count, known, done) => {
      structure = pass(first, count);
      last = count;
      // all cells on one axis: webgl does not sum along the first of more than six
      return tensorsIn(structure).map((stacked, i) =>
        statistic.takeIn(reshape(stacked, [count, -1]), known[i], done),
      );
    },
    estimate: (known, done) => {
      const found = known.map((each) => statistic.estimate(each, done));
      const part = (name: 'map' | 'standardError') =>
        mapTensors(structure as Inputs, ({ shape: [samples = 1, ...cells] }, i) =>
          reshape((found[i] as (typeof found)[0])[name], [samples / last, ...cells]),
        );
      return { map: part('map'), standardError: part('standardError') };
    },
  });
}

/** What many passes come to, as far as they have come. */
export async function* gathered(
  total: number,
  control: PassControl,
  { takeIn, estimate }: Gathering,
): AsyncGenerator<Estimate<Inputs>> {
  let known: Known = [];
  let done = 0;
  try {
    for await (const { first, count } of turns(total, control)) {
      checkInUse(control.x);
      const before = known;
      known = tidied(() => {
        // TensorFlow takes a view that another backend made in the shape of what it is of
        const here = before.map((each) => each.map((tensor) => reshape(tensor, tensor.shape)));
        return kept(takeIn(first, count, here, done));
      });
      dispose(before.flat());
      done += count;
      if (control.isOnlyMap && done < total) continue;
      const found = tidied(() => {
        const { map, standardError } = estimate(known, done);
        return { map: mapTensors(map, handle), standardError: mapTensors(standardError, handle) };
      });
      const whole = { ...found, done, total };
      if (!(await isReached(control.until, whole))) {
        yield whole;
        continue;
      }
      try {
        control.onProgress?.(done, done);
        control.signal?.throwIfAborted();
      } catch (error) {
        for (const tensor of [whole.map, whole.standardError].flatMap(tensorsIn)) tensor.dispose();
        throw error;
      }
      yield { ...whole, total: done };
      return;
    }
  } finally {
    dispose(known.flat());
  }
}

/** Handles of their own, as what they are made of may be let go, or go on. */
function kept(known: Known): Known {
  return known.map((each) => each.map(handle));
}

function handle(tensor: Tensor): Tensor {
  return keep(reshape(tensor, tensor.shape));
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
