import { tensor, tidy } from '@tensorflow/tfjs-core';
import type { ConformanceCase, Subject } from './conformanceCase';
import { directionsOf, inputsOf, weightsOf } from './outputs';

/** What is known about a case, computed in float64 on the cpu. */
export interface Reference {
  readonly name: string;
  /** The seed of weights, inputs and directions: the first one whose inputs are away from kinks and jumps. */
  readonly seed: number;
  /** The outputs. */
  readonly y?: readonly (readonly number[])[];
  /** The gradient with respect to each input; none where inputs are whole numbers. */
  readonly dx?: readonly (readonly number[])[];
  /** What TF.js says where it cannot compute the outputs. */
  readonly error?: string;
}

const STEP = 1e-5;

/** A kink or a jump that is nearer than this shows in the wide difference. */
const WIDE_STEP = 2e-3;

const SEEDS = 60;

/**
 * The outputs of a case and their gradient by central differences.
 *
 * Runs where `Float32Array` was replaced by `Float64Array` before TF.js was loaded: the cpu kernels then
 * compute in double precision, and a difference over 2e-5 is good to ten digits.
 */
export function referenceOf(each: ConformanceCase): Reference {
  if (Float32Array.BYTES_PER_ELEMENT !== 8)
    throw new Error('referenceOf: expected Float32Array to be replaced by Float64Array');
  for (let seed = 1; seed <= SEEDS; seed++) {
    const reference = attempt(each, seed);
    if (reference) return reference;
  }
  throw new Error(`referenceOf: ${each.name} has a kink near each of ${SEEDS} seeds`);
}

function attempt(each: ConformanceCase, seed: number): Reference | undefined {
  const { name } = each;
  const inputs = inputsOf(each, seed);
  let subject: Subject;
  let y: number[][];
  try {
    subject = (each.reference ?? each.build)(weightsOf(each, seed));
    y = outputsOf(each, subject, inputs);
  } catch (error) {
    return { name, seed, error: (error as Error).message };
  }
  try {
    if (each.integer) return { name, seed, y: y.map(rounded) };
    const directions = directionsOf(
      each,
      seed,
      y.map((values) => values.length),
    );
    const value = () => dot(outputsOf(each, subject, inputs), directions);
    const narrow = differences(each, inputs, STEP, value);
    const wide = differences(each, inputs, WIDE_STEP, value);
    if (!(distance(narrow, wide) <= 2e-3 * Math.max(largest(narrow), 1e-2))) return undefined;
    return { name, seed, y: y.map(rounded), dx: narrow.map(rounded) };
  } finally {
    subject.dispose();
  }
}

function outputsOf(each: ConformanceCase, subject: Subject, inputs: readonly number[][]): number[][] {
  return tidy(() => {
    subject.reset();
    const xs = inputs.map((values, i) =>
      tensor(values, [...(each.inputs[i] as number[])], each.integer ? 'int32' : 'float32'),
    );
    return subject.forward(xs).map((y) => Array.from(y.dataSync()));
  });
}

function differences(
  each: ConformanceCase,
  inputs: number[][],
  step: number,
  value: () => number,
): number[][] {
  return inputs.map((values, input) =>
    values.map((x, i) => {
      if (input === 0 && each.pinned?.jump && each.pinned.at.includes(i)) return 0;
      values[i] = x + step;
      const above = value();
      values[i] = x - step;
      const below = value();
      values[i] = x;
      return (above - below) / (2 * step);
    }),
  );
}

function dot(a: readonly number[][], b: readonly number[][]): number {
  return a.reduce(
    (sum, values, i) => values.reduce((partial, value, j) => partial + value * (b[i] as number[])[j]!, sum),
    0,
  );
}

function distance(a: readonly number[][], b: readonly number[][]): number {
  return largest(a.map((values, i) => values.map((value, j) => value - (b[i] as number[])[j]!)));
}

function largest(lists: readonly number[][]): number {
  // Math.max passes a NaN on
  return Math.max(0, ...lists.flat().map(Math.abs));
}

/** Six digits: the suite separates right from wrong at three. */
function rounded(values: readonly number[]): number[] {
  return values.map((value) => (Math.abs(value) < 1e-9 ? 0 : Number(value.toPrecision(6))));
}
