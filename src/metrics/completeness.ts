import { concat, keep } from '@tensorflow/tfjs-core';
import { startAsInput, waysFrom } from '../explanations/paths/baselines';
import type { Baseline } from '../explanations/paths/baselines';
import { jsonOf } from '../explanations/calls/json';
import type { Json } from '../explanations/calls/json';
import type { ExplanationRecord } from '../explanations/calls/record';
import { tensorsIn } from '../explanations/inputs/structure';
import type { Inputs } from '../model/inputs';
import type { Model } from '../model/networkOf';
import { tidied } from '../tensors/tidied';
import { metricDoor } from './measuring/metricDoor';
import { orNull } from './measuring/compare';
import type { MetricMethod, MetricOptions } from './measuring/metricMethod';
import { scoresOf } from './measuring/scores';
import { checkOneInput, measured, subjectOf } from './measuring/subject';
import type { MetricControl } from './measuring/subject';

/** Options of `completeness`; those of the method are taken beside them, but for `wrt`. */
export interface CompletenessOptions extends MetricControl {
  /**
   * What the score is held against: a number for each value, a tensor in the shape of `x` or of one sample,
   * or a list of such, whose scores are averaged. A method with a `baseline` of its own is given the same.
   *
   * @default 0
   */
  baseline?: Baseline | readonly Baseline[];
}

/** How far the sum of a map is from the change of the score. */
export interface Completeness {
  readonly metric: 'completeness';
  /** The metric's own, with what was left out. */
  readonly options: { readonly [name: string]: Json };
  /** How the map was made. */
  readonly record: ExplanationRecord;
  /** One for each sample. */
  readonly samples: readonly {
    /** Of the map. */
    readonly sum: number | null;
    /** `S(x) − S(x′)`. */
    readonly difference: number | null;
    /** The sum less the difference, in the score's unit. */
    readonly absolute: number | null;
    /** That over the magnitude of the difference; null where the score is the same at both. */
    readonly relative: number | null;
  }[];
}

/**
 * Whether a map adds up to what it explains: how far its sum is from the change of the score.
 *
 * `ΣM − (S(x) − S(x′))`, and over `|S(x) − S(x′)|`
 *
 * 0 for integrated gradients of enough steps, and for DeepLIFT, as their papers promise; for a method that
 * promises no sum the number says nothing of its worth. `S` is the score that is explained, the logit if
 * nothing else is asked for, and the class is fixed at the input.
 *
 * What is disputed: Bilodeau et al. show that a complete and linear method may do no better than guessing at
 * what the model does elsewhere. The baseline decides what is shared out.
 *
 * @param method A method, e.g. `integratedGradients`.
 * @param model As the method takes it.
 * @param x As the method takes it, one tensor.
 * @returns A promise of JSON: the sum, the difference and how far they are apart, for each sample.
 * @throws TypeError if `baseline` is of the wrong kind, or an option is unknown; RangeError if its shape does
 *   not fit; otherwise as the method. The reason of `signal`. The promise is rejected, and no tensor is left.
 * @see Sundararajan et al. 2017 — https://arxiv.org/abs/1703.01365
 * @see Bilodeau et al. 2024 — https://arxiv.org/abs/2212.11870
 * @example
 * ```ts
 * const { samples } = await completeness(integratedGradients, model, image, { target: 281, baseline: 0 });
 * console.log(samples[0]);
 * ```
 */
export function completeness<O extends object>(
  method: MetricMethod<O>,
  model: Model,
  x: Inputs,
  options: MetricOptions<O, CompletenessOptions> = {} as never,
): Promise<Completeness> {
  return metricDoor('completeness', x, async () => {
    const subject = subjectOf<CompletenessOptions>(method, options, ['baseline'], ['wrt']);
    const { baseline = 0 } = subject.own;
    checkOneInput(x, model);
    subject.control.signal?.throwIfAborted();
    const { maps, record, fixed } = await measured(subject, model, x);
    const ways = waysFrom(x, baseline);
    const [one] = tensorsIn(x);
    const copyOf = (copy: number) => (copy === 0 ? one! : tensorsIn(startAsInput(ways, copy - 1))[0]!);
    const copies = (first: number, count: number) =>
      tidied(() =>
        keep(
          concat(
            Array.from({ length: count }, (_, i) => copyOf(first + i)),
            0,
          ),
        ),
      );
    const scores = await scoresOf(model, x, fixed, ways.starts + 1, subject.control, copies);
    return {
      metric: 'completeness',
      options: jsonOf({ baseline }) as Completeness['options'],
      record,
      samples: maps.map(({ values }, i) => {
        const [here, ...there] = scores[i]!;
        const difference = here! - sumOf(there) / there.length;
        const sum = sumOf(values);
        const absolute = sum - difference;
        return {
          sum: orNull(sum),
          difference: orNull(difference),
          absolute: orNull(absolute),
          relative: orNull(absolute / Math.abs(difference)),
        };
      }),
    };
  });
}

function sumOf(values: ArrayLike<number>): number {
  let sum = 0;
  for (let i = 0; i < values.length; i++) sum += values[i]!;
  return sum;
}
