import { add, keep, tensor } from '@tensorflow/tfjs-core';
import type { Tensor } from '@tensorflow/tfjs-core';
import { checkTensor } from '../errors/checkTensor';
import { checkInUse } from '../explanations/inputs/checkInUse';
import { jsonOf } from '../explanations/calls/json';
import type { Json } from '../explanations/calls/json';
import { checkAbove, checkCount } from '../explanations/explainer/optionValues';
import { turns } from '../explanations/passes/passes';
import { randomNumbers } from '../explanations/noise/randomNumbers';
import { cellsOf } from '../explanations/passes/readBack';
import type { ExplanationRecord } from '../explanations/calls/record';
import { tensorsIn } from '../explanations/inputs/structure';
import type { Inputs } from '../model/inputs';
import type { Model } from '../model/networkOf';
import { tidied } from '../tensors/tidied';
import { metricDoor } from './measuring/metricDoor';
import { checkPerturbations } from './measuring/checkPerturbations';
import { orNull } from './measuring/compare';
import { distance } from './measuring/distance';
import type { MetricMethod, MetricOptions } from './measuring/metricMethod';
import { rangesOf } from './measuring/ranges';
import { checkOneInput, measured, subjectOf } from './measuring/subject';
import type { Measured, MetricControl } from './measuring/subject';

/** Options of `maxSensitivity`; those of the method are taken beside them. */
export interface MaxSensitivityOptions extends MetricControl {
  /**
   * How many changes are tried, or the changes themselves, `[changes, ...one sample]`, added as they are.
   *
   * @default 10
   */
  perturbations?: number | Tensor;
  /**
   * How far a change goes, in each value of the input, as a share of the range of the sample.
   *
   * @default 0.02
   */
  radius?: number;
  /**
   * Where the random numbers begin, a whole number from 0 on: a seed gives the same changes on every backend.
   *
   * @default 0
   */
  seed?: number;
}

/** How much a map changes as the input changes a little. */
export interface MaxSensitivity {
  readonly metric: 'maxSensitivity';
  /** The metric's own, with what was left out. */
  readonly options: { readonly [name: string]: Json };
  /** How the map of the input as it is was made. */
  readonly record: ExplanationRecord;
  /** One for each sample. */
  readonly samples: readonly {
    /** The largest of them; null where the map is 0 everywhere. */
    readonly max: number | null;
    /** For each change: the length of the difference over that of the map. */
    readonly changes: readonly (number | null)[];
  }[];
}

/**
 * How much a map changes at most as the input changes a little.
 *
 * `max_k ‖M(x + δ_k) − M(x)‖ / ‖M(x)‖`, each value of `δ_k` uniform in `±radius · (max x − min x)`
 *
 * 0 for a map that stays. The class is fixed at the input as it is; of so many changes it is an estimate from
 * below.
 *
 * What is disputed: a map that is the same for all inputs is best at this, and a model whose gradient changes
 * quickly has a right map that does.
 *
 * @param method A method, e.g. `guidedBackprop`.
 * @param model As the method takes it.
 * @param x As the method takes it, one tensor of floats.
 * @returns A promise of JSON: a number for each sample.
 * @throws TypeError if an option is unknown or of the wrong kind; RangeError if one is out of range, or
 *   changes that are given do not fit; otherwise as the method. The reason of `signal`. The promise is
 *   rejected, and no tensor is left.
 * @see Yeh et al. 2019 — https://arxiv.org/abs/1901.09392
 * @example
 * ```ts
 * const { samples } = await maxSensitivity(guidedBackprop, model, image, { target: 281, radius: 0.02 });
 * console.log(samples[0]);
 * ```
 */
export function maxSensitivity<O extends object>(
  method: MetricMethod<O>,
  model: Model,
  x: Inputs,
  options: MetricOptions<O, MaxSensitivityOptions> = {} as never,
): Promise<MaxSensitivity> {
  return metricDoor('maxSensitivity', x, async () => {
    const names = ['perturbations', 'radius', 'seed'];
    const subject = subjectOf<MaxSensitivityOptions>(method, options, names);
    const { perturbations = 10, radius = 0.02, seed = 0 } = subject.own;
    checkAbove('radius', radius);
    checkCount('seed', seed, 0);
    checkOneInput(x, model);
    if (typeof perturbations === 'number') checkCount('perturbations', perturbations);
    else checkTensor(perturbations, 'perturbations');
    const count = typeof perturbations === 'number' ? perturbations : (perturbations.shape[0] ?? 0);
    let original: Measured | undefined;
    let changeOf: ((k: number) => Tensor) | undefined;
    const changes: (number | null)[][] = [];
    const control = { atOnce: 1, isFree: false, ...subject.control };
    for await (const { first } of turns(count + 1, control)) {
      if (!original) {
        original = await measured(subject, model, x); // which refuses what is no input
        const one = tensorsIn(x)[0]!;
        if (typeof perturbations !== 'number') checkPerturbations(perturbations, one);
        changeOf = await changesOf(one, perturbations, radius, seed);
        continue;
      }
      checkInUse(x);
      const { maps, fixed } = original;
      const changed = keep(changeOf!(first - 1));
      try {
        const given = Array.isArray(x) ? [changed] : changed;
        const there = await measured({ ...subject, options: fixed }, model, given);
        changes.push(maps.map((map, i) => orNull(distance(map, there.maps[i]!))));
      } finally {
        changed.dispose();
      }
    }
    const { maps, record } = original!;
    return {
      metric: 'maxSensitivity',
      options: jsonOf({ perturbations, radius, seed }) as MaxSensitivity['options'],
      record,
      samples: maps.map((_, i) => {
        const own = changes.map((each) => each[i] ?? null);
        const known = own.filter((change) => change !== null);
        return { max: known.length < own.length ? null : Math.max(...known), changes: own };
      }),
    };
  });
}

/** Gives the input under a change, by its number; they are asked for in order. */
async function changesOf(
  x: Tensor,
  perturbations: number | Tensor,
  radius: number,
  seed: number,
): Promise<(k: number) => Tensor> {
  if (typeof perturbations !== 'number') {
    const size = perturbations.size / perturbations.shape[0];
    const all = await cellsOf(perturbations);
    const one = (k: number) => tensor(all.slice(k * size, (k + 1) * size), [1, ...x.shape.slice(1)]);
    return (k) => tidied(() => add(x, one(k)));
  }
  const cells = await cellsOf(x);
  const size = cells.length / x.shape[0];
  const reach = rangesOf(cells, x.shape[0]).map((range) => radius * range);
  const random = randomNumbers(seed);
  return () => {
    // every sample gets the same change, by its own range
    const change = new Float32Array(size).map(() => 2 * random.uniform() - 1);
    return tensor(
      cells.map((value, i) => value + reach[Math.floor(i / size)]! * change[i % size]!),
      x.shape,
    );
  };
}
