import { keep, tensor } from '@tensorflow/tfjs-core';
import type { Tensor } from '@tensorflow/tfjs-core';
import { checkTensor } from '../errors/checkTensor';
import { ours } from '../errors/door';
import { jsonOf } from '../explanations/calls/json';
import type { Json } from '../explanations/calls/json';
import { checkAbove, checkCount } from '../explanations/explainer/optionValues';
import { randomNumbers } from '../explanations/noise/randomNumbers';
import { cellsOf } from '../explanations/passes/readBack';
import type { ExplanationRecord } from '../explanations/calls/record';
import { tensorsIn } from '../explanations/inputs/structure';
import type { Inputs } from '../model/inputs';
import type { Model } from '../model/networkOf';
import { metricDoor } from './measuring/metricDoor';
import { checkPerturbations } from './measuring/checkPerturbations';
import { orNull } from './measuring/compare';
import type { MetricMethod, MetricOptions } from './measuring/metricMethod';
import { rangesOf } from './measuring/ranges';
import { scoresOf } from './measuring/scores';
import { checkOneInput, measured, subjectOf } from './measuring/subject';
import type { MetricControl } from './measuring/subject';

/** Options of `infidelity`; those of the method are taken beside them, but for `wrt`. */
export interface InfidelityOptions extends MetricControl {
  /**
   * How many changes are tried, or the changes themselves, `[changes, ...one sample]`, taken off as they are.
   *
   * @default 50
   */
  perturbations?: number | Tensor;
  /**
   * The standard deviation of the changes, in each value of the input, as a share of the range of the sample.
   *
   * @default 0.1
   */
  std?: number;
  /**
   * Where the random numbers begin, a whole number from 0 on: a seed gives the same changes on every backend.
   *
   * @default 0
   */
  seed?: number;
}

/** How far a map is from saying what changes of the input do. */
export interface Infidelity {
  readonly metric: 'infidelity';
  /** The metric's own, with what was left out. */
  readonly options: { readonly [name: string]: Json };
  /** How the map was made. */
  readonly record: ExplanationRecord;
  /** One for each sample. */
  readonly samples: readonly {
    /** The mean squared error, in the square of the score's unit. */
    readonly infidelity: number | null;
    /** The factor to the map that makes the error least; null where the map says nothing of the changes. */
    readonly scale: number | null;
    /**
     * The error of the map times that factor: of what it says of one value against another. Of a single
     * change it is 0 but for rounding, as some factor always fits; of a few it is too low.
     */
    readonly scaled: number | null;
    /** The mean square of the changes of the score: the error of a map of zeros. */
    readonly zero: number | null;
  }[];
}

/**
 * Whether a map says what changes of the input do to the score: the mean squared error of what it foretells.
 *
 * `mean over k of (I_k · M − (S(x) − S(x − I_k)))²`, each value of `I_k` normal, of standard deviation
 * `std · (max x − min x)`
 *
 * 0 for the gradient of a linear model. As a map may be right but for its scale, the least error over all
 * scales is given beside it (Captum's `normalize`), and that of a map of zeros, to hold both against.
 *
 * What is disputed: it asks of every map what a gradient promises, and the optimum depends on the changes
 * that are tried. A map that holds the input against a baseline, such as that of integrated gradients, is
 * about the one change `I = x − x′`.
 *
 * @param method A method whose map has the shape of `x`, e.g. `guidedBackprop`.
 * @param model As the method takes it.
 * @param x As the method takes it, one tensor of floats.
 * @returns A promise of JSON: errors for each sample.
 * @throws TypeError if an option is unknown or of the wrong kind; RangeError if one is out of range, changes
 *   that are given do not fit, or the map has another shape than `x`; otherwise as the method. The reason of
 *   `signal`. The promise is rejected, and no tensor is left.
 * @see Yeh et al. 2019 — https://arxiv.org/abs/1901.09392
 * @example
 * ```ts
 * const { samples } = await infidelity(saliency, model, image, { target: 281, perturbations: 8 });
 * console.log(samples[0]);
 * ```
 */
export function infidelity<O extends object>(
  method: MetricMethod<O>,
  model: Model,
  x: Inputs,
  options: MetricOptions<O, InfidelityOptions> = {} as never,
): Promise<Infidelity> {
  return metricDoor('infidelity', x, async () => {
    const names = ['perturbations', 'std', 'seed'];
    const subject = subjectOf<InfidelityOptions>(method, options, names, ['wrt']);
    const { perturbations = 50, std = 0.1, seed = 0 } = subject.own;
    checkAbove('std', std);
    checkCount('seed', seed, 0);
    if (typeof perturbations === 'number') checkCount('perturbations', perturbations);
    else checkTensor(perturbations, 'perturbations');
    checkOneInput(x, model);
    subject.control.signal?.throwIfAborted();
    const { maps, record, fixed, shape } = await measured(subject, model, x);
    const one = tensorsIn(x)[0]!;
    if (shape.join() !== one.shape.join()) {
      throw ours(
        new RangeError(
          `expected a map of the shape of x, [${one.shape.join(', ')}], got [${shape.join(', ')}] of ` +
            `${record.method}; it must say something of each value that is changed`,
        ),
      );
    }
    if (typeof perturbations !== 'number') checkPerturbations(perturbations, one);
    const cells = Float32Array.from(await cellsOf(one));
    const change = await changesOf(one, cells, perturbations, std, seed);
    const count = typeof perturbations === 'number' ? perturbations : perturbations.shape[0];
    const size = cells.length / maps.length;
    const foretold: number[][] = maps.map(() => []);
    // the first is the input as it is
    const copies = (first: number, some: number) => {
      const changed = new Float32Array(some * cells.length);
      for (let k = 0; k < some; k++) {
        const taken = first + k === 0 ? new Float32Array(cells.length) : change();
        if (first + k > 0) maps.forEach(({ values }, i) => foretold[i]!.push(dot(values, taken, i * size)));
        for (let at = 0; at < cells.length; at++) changed[k * cells.length + at] = cells[at]! - taken[at]!;
      }
      return keep(tensor(changed, [some * maps.length, ...one.shape.slice(1)]));
    };
    const scores = await scoresOf(model, x, fixed, count + 1, subject.control, copies);
    return {
      metric: 'infidelity',
      options: jsonOf({ perturbations, std, seed }) as Infidelity['options'],
      record,
      samples: foretold.map((said, i) => {
        const [here, ...there] = scores[i]!;
        return errorsOf(
          said,
          there.map((score) => here! - score),
        );
      }),
    };
  });
}

function errorsOf(said: readonly number[], done: readonly number[]): Infidelity['samples'][number] {
  const errorAt = (scale: number) => {
    const squares = said.map((value, k) => (scale * value - done[k]!) ** 2);
    return squares.reduce((sum, square) => sum + square, 0) / said.length;
  };
  const scale = dot(said, done) / dot(said, said);
  return {
    infidelity: orNull(errorAt(1)),
    scale: orNull(scale),
    scaled: orNull(errorAt(scale)),
    zero: orNull(errorAt(0)),
  };
}

function dot(a: ArrayLike<number>, b: ArrayLike<number>, from = 0): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i]! * b[from + i]!;
  return sum;
}

/** Gives one change after the other, for all samples: the same for each, by its own range. */
async function changesOf(
  { shape }: Tensor,
  cells: Float32Array,
  perturbations: number | Tensor,
  std: number,
  seed: number,
): Promise<() => Float32Array> {
  const batch = shape[0] ?? 1;
  const size = cells.length / batch;
  if (typeof perturbations !== 'number') {
    const all = await cellsOf(perturbations);
    let next = 0;
    return () => {
      const first = size * next++;
      return Float32Array.from({ length: cells.length }, (_, i) => all[first + (i % size)]!);
    };
  }
  const reach = rangesOf(cells, batch).map((range) => std * range);
  const random = randomNumbers(seed);
  return () => {
    const change = new Float64Array(size).map(() => random.normal());
    return Float32Array.from(
      { length: cells.length },
      (_, i) => reach[Math.floor(i / size)]! * change[i % size]!,
    );
  };
}
