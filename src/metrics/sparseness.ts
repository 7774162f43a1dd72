import type { ExplanationRecord } from '../explanations/calls/record';
import type { Inputs } from '../model/inputs';
import type { Model } from '../model/networkOf';
import { metricDoor } from './measuring/metricDoor';
import { orNull } from './measuring/compare';
import type { MetricMethod, MetricOptions } from './measuring/metricMethod';
import { checkOneInput, measured, subjectOf } from './measuring/subject';
import type { MetricControl } from './measuring/subject';
import { summed } from './measuring/summed';

/** How unevenly a map is spread. */
export interface Sparseness {
  readonly metric: 'sparseness';
  /** How the map was made. */
  readonly record: ExplanationRecord;
  /** One for each sample. */
  readonly samples: readonly {
    /** 0 where all cells say as much, towards 1 where one says all; null where none says anything. */
    readonly gini: number | null;
  }[];
}

/**
 * How few cells of the input a map is about: the Gini index of its magnitudes.
 *
 * `Σ_i (2 i − n − 1) v_i / (n Σ v)`, with `v` the values `|Σ_c m|` of the `n` cells in rising order
 *
 * What is disputed: sparse is not right. A map of one wrong cell has nearly 1, and a class that shows in a
 * large part of the photo has a map that is not sparse.
 *
 * @param method A method, e.g. `guidedBackprop`.
 * @param model As the method takes it.
 * @param x As the method takes it, one tensor.
 * @returns A promise of JSON: an index for each sample.
 * @throws As the method, under this name. The reason of `signal`. The promise is rejected, and no tensor is
 *   left.
 * @see Chalasani et al. 2020 — https://arxiv.org/abs/1810.06583
 * @example
 * ```ts
 * const { samples } = await sparseness(guidedBackprop, model, image, { target: 281 });
 * console.log(samples[0]);
 * ```
 */
export function sparseness<O extends object>(
  method: MetricMethod<O>,
  model: Model,
  x: Inputs,
  options: MetricOptions<O, MetricControl> = {} as never,
): Promise<Sparseness> {
  return metricDoor('sparseness', x, async () => {
    const subject = subjectOf<object>(method, options, []);
    checkOneInput(x, model);
    const { signal, onProgress } = subject.control;
    signal?.throwIfAborted();
    const { maps, record } = await measured(subject, model, x);
    onProgress?.(1, 1);
    signal?.throwIfAborted();
    const samples = maps.map((map) => ({ gini: orNull(giniOf(summed(map))) }));
    return { metric: 'sparseness', record, samples };
  });
}

function giniOf(values: Float64Array): number {
  const rising = values.slice().sort();
  let [weighted, sum] = [0, 0];
  rising.forEach((value, i) => {
    weighted += (2 * (i + 1) - rising.length - 1) * value;
    sum += value;
  });
  return weighted / (rising.length * sum);
}
