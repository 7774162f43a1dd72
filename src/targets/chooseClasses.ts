import {
  argMax,
  cast,
  fill,
  greater,
  maximum,
  mean,
  mul,
  oneHot,
  ones,
  reshape,
  slice,
  sub,
  tensor1d,
  tensor2d,
  tile,
  topk,
  where,
} from '@tensorflow/tfjs-core';
import type { Tensor, Tensor1D, Tensor2D } from '@tensorflow/tfjs-core';
import { ours } from '../errors/door';
import { shown } from '../errors/kindOf';
import { LABEL } from './checkTarget';
import { isList } from './target';
import type { Choice, Chosen } from './target';

/** How many of the highest others a class is set against where nobody says. */
const HIGHEST = 2;

/**
 * Checks the classes that are given.
 *
 * @throws RangeError if one is no class of the model, or there is not one for each sample.
 */
export function checkGivenClasses(
  { class: classes, others, nth }: Choice,
  batch: number,
  count: number,
): void {
  if (isList(classes)) checkClassCount(classes, batch);
  const what = nth === undefined ? 'target' : 'classes'; // as the option is called
  if (classes !== undefined) checkClasses(what, listed(classes, batch), count);
  if (!others) return;
  if (isNested(others)) checkClassCount(others, batch);
  checkClasses('others', others.flat(), count);
}

/**
 * Chooses by the scores, `[batch, classes]`; what is given was checked before.
 *
 * @throws RangeError if a class is set against others where there are none.
 */
export function chooseClasses(scores: Tensor, choice: Choice): Chosen {
  if (choice.chosen) return choice.chosen;
  const [batch = 0, count = 0] = scores.shape;
  const { class: given, nth, others: against, weight = 1 } = choice;
  const classes =
    given !== undefined
      ? tensor1d(listed(given, batch), 'int32')
      : nth === undefined
        ? argMax<Tensor1D>(scores, 1)
        : ranked(scores, nth);
  const own = masked(classes, count);
  if (against === undefined) return { classes, weights: own, others: null };
  if (count < 2)
    throw ours(new RangeError(`expected an output of several classes to set one against others`));
  const others = against ? othersGiven(against, batch) : highestOthers(scores, own);
  // webgpu casts by name only: the integers inside would break the mean
  const theirs = mean(mul(cast(oneHot(others, count), 'float32'), 1), 1);
  return { classes, weights: sub(own, mul(theirs, weight)), others };
}

/** Refuses a list that has not one for each sample. */
export function checkClassCount(classes: readonly unknown[], samples: number): void {
  if (classes.length === samples) return;
  throw ours(
    new RangeError(
      `expected target to have one class for each of the ${samples} samples, got ${classes.length}`,
    ),
  );
}

/** What was thrown as a rank was asked for that no class has. */
const tooFew = /* @__PURE__ */ new WeakSet();

/** Whether an error says that there are fewer classes than were asked for by their rank. */
export function isOfTooFewClasses(error: unknown): boolean {
  return error instanceof Error && tooFew.has(error);
}

/** Whether others are given for each sample. */
export function isNested(
  others: readonly number[] | readonly (readonly number[])[],
): others is readonly (readonly number[])[] {
  return Array.isArray(others[0]);
}

function checkClasses(what: string, list: readonly unknown[], count: number): void {
  const wrong = list.findIndex((index) => !(Number.isInteger(index) && isBelow(index as number, count)));
  if (wrong === -1) return;
  const wanted = what === 'target' ? 'a class' : 'classes';
  const hint = typeof list[wrong] === 'string' ? `; ${LABEL}` : '';
  const got = shown(list[wrong]) + hint;
  throw ours(new RangeError(`expected ${what} to be ${wanted} from 0 to ${count - 1}, got ${got}`));
}

const isBelow = (index: number, count: number) => index >= 0 && index < count;

function listed(classes: number | readonly number[], batch: number): number[] {
  return typeof classes === 'number' ? Array.from({ length: batch }, () => classes) : Array.from(classes);
}

/** Ones at the classes; `oneHot` takes no single class. */
function masked(classes: Tensor, count: number): Tensor {
  if (count === 1) return ones([classes.size, 1]);
  // cpu casts by name only, and another backend that is switched to would take the integers' bits for floats
  return mul(cast(oneHot(classes as Tensor1D, count), 'float32'), 1);
}

function ranked(scores: Tensor, rank: number): Tensor1D {
  const [batch = 0, count = 0] = scores.shape;
  if (rank >= count) {
    const error = ours(
      new RangeError(`expected an output of ${rank + 1} classes or more, got one of ${count}`),
    );
    tooFew.add(error);
    throw error;
  }
  return reshape(slice(topk(scores, rank + 1).indices, [0, rank], [batch, 1]), [batch]);
}

function othersGiven(others: readonly number[] | readonly (readonly number[])[], batch: number): Tensor2D {
  if (isNested(others))
    return tensor2d(
      others.map((list) => [...list]),
      undefined,
      'int32',
    );
  return tile(tensor2d([[...others]], undefined, 'int32'), [batch, 1]);
}

function highestOthers(scores: Tensor, own: Tensor): Tensor2D {
  // finite, as tfjs-node uploads what it fills with, which debug mode refuses; and below all of the rest
  const rest = where(greater(own, 0), fill(own.shape, -3e38), maximum(scores, -1e38));
  return topk(rest, Math.min(HIGHEST, (own.shape[1] as number) - 1)).indices as Tensor2D;
}
