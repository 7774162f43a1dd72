import { ours } from '../errors/door';
import { shown } from '../errors/kindOf';
import { wrongKind } from '../errors/wrongKind';
import { jsonOf } from '../explanations/calls/json';
import type { Json } from '../explanations/calls/json';
import type { ExplanationRecord } from '../explanations/calls/record';
import type { Numbers } from '../explanations/passes/readBack';
import type { Inputs } from '../model/inputs';
import type { Model } from '../model/networkOf';
import { checkAt, checkOutput } from '../targets/checkTarget';
import { whereOf } from '../targets/target';
import type { Asked, Target } from '../targets/target';
import { metricDoor } from './measuring/metricDoor';
import { checkSimilarities, compare, similaritiesFor } from './measuring/compare';
import type { Similarities, SimilarityOptions } from './measuring/compare';
import type { MetricMethod, MetricOptions } from './measuring/metricMethod';
import { checkOneInput, subjectOf } from './measuring/subject';
import type { MetricControl } from './measuring/subject';
import { classesIn, measuredTargets } from './measuring/twoClasses';

/** Options of `classSensitivity`; those of the method are taken beside them, but for `target`. */
export interface ClassSensitivityOptions extends SimilarityOptions, MetricControl {
  /** The two classes. Left out: the two with the highest scores, of each sample. */
  classes?: readonly [number, number];
  /** Which output, of a model with several: its name, or its number. */
  output?: string | number;
  /** Where, in an output that has scores at many places: an index for each axis between batch and classes. */
  at?: readonly number[];
}

/** How alike the maps of two classes are. */
export interface ClassSensitivity {
  readonly metric: 'classSensitivity';
  /** The metric's own, with what was left out. */
  readonly options: { readonly [name: string]: Json };
  /** How the map of the first class was made. */
  readonly record: ExplanationRecord;
  /** One for each sample. */
  readonly samples: readonly {
    /** The two classes. */
    readonly classes: readonly Json[];
    /** Their scores. */
    readonly values: readonly Json[];
    /** How alike their maps are; null where a map says nothing. */
    readonly similarities: Similarities;
  }[];
}

/**
 * Whether a map is about the class it explains: how alike the maps of two classes are.
 *
 * `similarity(M_a(x), M_b(x))`
 *
 * A map that is the same for both (1) says where the photo has something, not what speaks for the class. Two
 * classes that the model tells apart by little, two breeds of dog, may rightly have maps that are alike: what
 * is too much is for the reader to say. A method of one pass makes both maps with one pass forward.
 *
 * @param method A method, e.g. `guidedBackprop`.
 * @param model As the method takes it.
 * @param x As the method takes it, one tensor.
 * @returns A promise of JSON: similarities for each sample.
 * @throws TypeError if `method` is no method of this library, or an option is unknown or of the wrong kind;
 *   RangeError if the classes are the same or do not exist, or a similarity does not fit the maps; otherwise
 *   as the method. The reason of `signal`. The promise is rejected, and no tensor is left.
 * @see Sixt et al. 2020 — https://arxiv.org/abs/1912.09818
 * @example
 * ```ts
 * const { samples } = await classSensitivity(guidedBackprop, model, image);
 * console.log(samples[0]); // how alike the maps of the top two classes are
 * ```
 */
export function classSensitivity<O extends object>(
  method: MetricMethod<O>,
  model: Model,
  x: Inputs,
  options: MetricOptions<O, ClassSensitivityOptions> = {} as never,
): Promise<ClassSensitivity> {
  return metricDoor('classSensitivity', x, async () => {
    const subject = subjectOf<ClassSensitivityOptions>(
      method,
      options,
      ['classes', 'output', 'at', 'similarities'],
      ['target'],
    );
    const { classes, similarities, output, at } = subject.own;
    const { signal, onProgress } = subject.control;
    checkClasses(classes);
    checkOutput(output);
    checkAt(at);
    checkSimilarities(similarities);
    checkOneInput(x, model);
    signal?.throwIfAborted();
    const where = whereOf({ output, at } as Asked);
    const targets = [0, 1].map((nth) => ({
      output,
      ...where,
      nth,
      ...(classes && { class: classes[nth]! }),
    }));
    let done = 0;
    const all = await measuredTargets(subject, model, x, targets, () => {
      onProgress?.(++done, 2);
      signal?.throwIfAborted();
    });
    const [a, b] = [all[0]!, all[1]!];
    const names = similaritiesFor(similarities, a.maps[0]!);
    return {
      metric: 'classSensitivity',
      options: jsonOf({ classes, ...where, similarities: names }) as ClassSensitivity['options'],
      record: a.record,
      samples: a.maps.map((map, i) => ({
        classes: all.map(({ record }) => classesIn((record.options as { target: Target }).target)![i]!),
        values: all.map(({ value }) => sampleOf(value, i)),
        similarities: compare(map, b.maps[i]!, names),
      })),
    };
  });
}

function sampleOf(numbers: Numbers, i: number): Json {
  return Array.isArray(numbers) ? (numbers[i] as Json) : numbers;
}

function checkClasses(classes: unknown): void {
  if (classes === undefined) return;
  if (!Array.isArray(classes) || classes.length !== 2) {
    const got = Array.isArray(classes) ? String(classes.length) : shown(classes);
    throw wrongKind('classes to be a list of two classes', classes, undefined, got);
  }
  const [a, b] = classes as unknown[];
  for (const one of [a, b]) {
    if (typeof one !== 'number')
      throw wrongKind('each of classes to be a number', one, undefined, shown(one));
  }
  if (a === b)
    throw ours(new RangeError(`expected classes to be two different ones, got ${String(a)} twice`));
}
