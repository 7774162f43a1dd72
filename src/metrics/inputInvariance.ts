import { add, keep } from '@tensorflow/tfjs-core';
import { checkNumber } from '../errors/checkNumber';
import { checkInUse } from '../explanations/inputs/checkInUse';
import { jsonOf } from '../explanations/calls/json';
import type { Json } from '../explanations/calls/json';
import { cellsOf } from '../explanations/passes/readBack';
import type { ExplanationRecord } from '../explanations/calls/record';
import { mapTensors, tensorsIn } from '../explanations/inputs/structure';
import type { Inputs } from '../model/inputs';
import type { Model } from '../model/networkOf';
import type { LayerPath } from '../model/place';
import { startNames } from '../model/startNames';
import type { From } from '../model/startNames';
import { tidied } from '../tensors/tidied';
import { shiftedCopy } from './invariance/shiftedCopy';
import { metricDoor } from './measuring/metricDoor';
import { checkSimilarities, compare, orNull, similaritiesFor } from './measuring/compare';
import type { Similarities, SimilarityOptions } from './measuring/compare';
import type { MetricMethod, MetricOptions } from './measuring/metricMethod';
import { rangesOf } from './measuring/ranges';
import { checkOneInput, measured, subjectOf } from './measuring/subject';
import type { MetricControl } from './measuring/subject';
import { distance } from './measuring/distance';
import { randomizable } from './randomizing/randomness';

/** Options of `inputInvariance`; those of the method are taken beside them. */
export interface InputInvarianceOptions extends SimilarityOptions, MetricControl {
  /**
   * What is added to each value of the input. Left out: as much as takes the largest value of `x` to where
   * the smallest was, so that 0...1 becomes −1...0 as in the paper.
   */
  shift?: number;
}

/** What a shift of the input does to a map that it does nothing to the model. */
export interface InputInvariance {
  readonly metric: 'inputInvariance';
  /** The metric's own, with what was left out. */
  readonly options: { readonly [name: string]: Json };
  /** How the map of the input as it is was made. */
  readonly record: ExplanationRecord;
  /** The layer whose bias takes the shift back. */
  readonly layer: LayerPath;
  /** One for each sample. */
  readonly samples: readonly {
    /** The explained number of the model and of the shifted copy: the same, to rounding. */
    readonly values: readonly [Json, Json];
    /** The length of the difference of both maps over that of the first; null where that is 0 everywhere. */
    readonly difference: number | null;
    /** How alike both maps are; null where a map says nothing. */
    readonly similarities: Similarities;
  }[];
}

/**
 * Whether a map stays the same where the model does: the input is shifted by a constant, and the bias of
 * the first layer takes the shift back.
 *
 * `‖M(f′, x + c) − M(f, x)‖ / ‖M(f, x)‖`, `f′(x + c) = f(x)`, `b′ = b − c ΣW`
 *
 * 0 for the gradient and what is made of it alone. Methods that multiply by the input, or hold it against a
 * baseline that is not shifted with it, change: what stands for "nothing there" is part of what they say.
 *
 * What is padded with 0 before or by the first layer with weights is padded with `c` in the copy, so that it
 * is exact at the borders as well.
 *
 * What is disputed: a method that holds the input against a baseline says so, and one that is given the
 * shifted baseline for the shifted input would not change.
 *
 * @param method A method, e.g. `integratedGradients`.
 * @param model A LayersModel, a GraphModel or a prepared one, whose first layer with weights is dense or a
 *   convolution, with nothing before that does more than move values, add to them or scale all alike. It is
 *   not changed.
 * @param x As the method takes it, one tensor of floats.
 * @returns A promise of JSON: how far the maps are apart, for each sample.
 * @throws TypeError if `model` is another, or an option is unknown or of the wrong kind; RangeError if
 *   `shift` is no number or 0, the first layers are others, or a similarity does not fit the maps; otherwise
 *   as the method. The reason of `signal`. The promise is rejected, and no tensor is left.
 * @see Kindermans et al. 2017 — https://arxiv.org/abs/1711.00867
 * @example
 * ```ts
 * const { samples } = await inputInvariance(integratedGradients, model, image, { target: 281, shift: 1 });
 * console.log(samples[0]);
 * ```
 */
export function inputInvariance<O extends object>(
  method: MetricMethod<O>,
  model: Model,
  x: Inputs,
  options: MetricOptions<O, InputInvarianceOptions> = {} as never,
): Promise<InputInvariance> {
  return metricDoor('inputInvariance', x, async () => {
    const subject = subjectOf<InputInvarianceOptions>(method, options, ['shift', 'similarities']);
    const { shift, similarities } = subject.own;
    const { signal, onProgress } = subject.control;
    checkSimilarities(similarities);
    if (shift !== undefined) {
      checkNumber(shift, 'shift to be a number other than 0', (n) => Number.isFinite(n) && n !== 0);
    }
    const inner = randomizable(model);
    checkOneInput(x, model);
    signal?.throwIfAborted();
    const first = await measured(subject, model, x);
    onProgress?.(1, 2);
    signal?.throwIfAborted();
    const names = similaritiesFor(similarities, first.maps[0]!);
    const by = shift ?? (await wholeRange(x));
    const { from } = first.fixed as { from?: From };
    checkInUse(x);
    const moved = tidied(() => mapTensors(x, (one) => keep(add(one, by))));
    let copy;
    let there;
    try {
      copy = shiftedCopy('inputInvariance', inner, by, x, startNames(from));
      there = await measured({ ...subject, options: first.fixed }, copy.model, moved);
    } finally {
      copy?.dispose();
      for (const tensor of tensorsIn(moved)) tensor.dispose();
    }
    onProgress?.(2, 2);
    signal?.throwIfAborted();
    const valueOf = (value: unknown, i: number) => jsonOf(Array.isArray(value) ? value[i] : value);
    return {
      metric: 'inputInvariance',
      options: jsonOf({ shift: by, similarities: names }) as InputInvariance['options'],
      record: first.record,
      layer: copy.layer,
      samples: first.maps.map((map, i) => ({
        values: [valueOf(first.value, i), valueOf(there.value, i)],
        difference: orNull(distance(map, there.maps[i]!)),
        similarities: compare(map, there.maps[i]!, names),
      })),
    };
  });
}

/** Minus how far all values lie apart; −1 where they are all the same. */
async function wholeRange(x: Inputs): Promise<number> {
  const [range] = rangesOf(await cellsOf(tensorsIn(x)[0]!), 1);
  return range! > 0 ? -range! : -1;
}
