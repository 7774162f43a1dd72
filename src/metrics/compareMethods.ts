import type { Tensor } from '@tensorflow/tfjs-core';
import { ours } from '../errors/door';
import { checkOptionNames } from '../errors/optionNames';
import { wrongKind } from '../errors/wrongKind';
import { spacesOf } from '../explanations/inputs/inputSpace';
import { tensorsIn } from '../explanations/inputs/structure';
import { jsonOf } from '../explanations/calls/json';
import type { Json } from '../explanations/calls/json';
import { definitionOf } from '../explanations/calls/method';
import { checkPassOptions, turns } from '../explanations/passes/passes';
import type { ExplanationRecord } from '../explanations/calls/record';
import type { Inputs } from '../model/inputs';
import type { Model } from '../model/networkOf';
import type { Score, Target } from '../targets/target';
import { metricDoor } from './measuring/metricDoor';
import { checkSimilarities, compare, similaritiesFor } from './measuring/compare';
import type { SimilarityName, SimilarityOptions } from './measuring/compare';
import { inSize } from './measuring/edges';
import { inCellsOf } from './measuring/sampleMap';
import type { SampleMap } from './measuring/sampleMap';
import { checkOneInput, measured, subjectOf } from './measuring/subject';
import type { AnyMethod, MetricControl, Subject } from './measuring/subject';
import { fixedTarget } from './measuring/twoClasses';

/** Options of `compareMethods`, which all of the methods are given. */
export interface CompareMethodsOptions extends SimilarityOptions, MetricControl {
  /** Which number is explained; left out, the class with the highest score, of each sample. */
  target?: Target;
  /**
   * Explain a class by its score before the final softmax or sigmoid, or by its probability.
   *
   * @default 'logit'
   */
  score?: Score;
}

/** A method, by itself or with options of its own: `[gradCam, { layer: 'conv_5' }]`. */
export type MethodWithOptions = AnyMethod | readonly [AnyMethod, object];

/** Such methods; an option of a pair that its method does not know must be `never`. */
export type KnownOptions<M extends readonly MethodWithOptions[]> = {
  readonly [I in keyof M]: M[I] extends readonly [infer F extends AnyMethod, infer P]
    ? readonly [F, { readonly [K in keyof P]: K extends keyof NonNullable<Parameters<F>[2]> ? P[K] : never }]
    : M[I];
};

/** How alike the maps of several methods are. */
export interface ComparedMethods {
  readonly metric: 'compareMethods';
  /** The metric's own, with what was left out. */
  readonly options: { readonly [name: string]: Json };
  /** One for each method, in their order. */
  readonly methods: readonly {
    /** Its name. */
    readonly name: string;
    /** How its map was made. */
    readonly record: ExplanationRecord;
    /** How long that took: the one call. */
    readonly seconds: number;
  }[];
  /** One for each sample. */
  readonly samples: readonly {
    /** By similarity: a row for each method, with a number for each; null where a map says nothing. */
    readonly similarities: Readonly<Partial<Record<SimilarityName, readonly (readonly (number | null)[])[]>>>;
  }[];
}

/**
 * How alike the maps of several methods are, for the same class of the same input.
 *
 * `similarity(M_i(x), M_j(x))`
 *
 * Maps are resized to the image, as `resizeMap` does; one of a single channel stands in each channel of
 * another. The model is run once before, so that the first method does not pay for what all need; what is
 * made for a method alone, such as programs and shaders, is in its seconds.
 *
 * What is disputed: methods that agree may be wrong together, and Krishna et al. find that they often
 * disagree. Which is right no likeness tells.
 *
 * @param methods Two or more, each with options of its own where it needs some.
 * @param model As the methods take it.
 * @param x As the methods take it, one tensor; channels last where it is an image.
 * @returns A promise of JSON: a matrix of each similarity, for each sample.
 * @throws TypeError if `methods` is no list of methods, or an option is unknown or of the wrong kind;
 *   RangeError if there are fewer than two, a similarity does not fit the maps, or these have other cells
 *   than `x`; otherwise as the methods. The reason of `signal`. The promise is rejected, and no tensor is
 *   left.
 * @see Krishna et al. 2022 — https://arxiv.org/abs/2202.01602
 * @example
 * ```ts
 * const methods = [saliency, guidedBackprop, inputXGradient];
 * const { samples } = await compareMethods(methods, model, image, { target: 281 });
 * console.log(samples[0]);
 * ```
 */
export function compareMethods<const M extends readonly MethodWithOptions[]>(
  methods: M & KnownOptions<M>,
  model: Model,
  x: Inputs,
  options: CompareMethodsOptions = {},
): Promise<ComparedMethods> {
  return metricDoor('compareMethods', x, async () => {
    checkOptionNames(options, ['target', 'score', 'similarities', 'signal', 'onProgress']);
    const { similarities, signal, onProgress, target, score = 'logit' } = options;
    checkPassOptions({ signal, onProgress });
    checkSimilarities(similarities);
    const given = { score, ...(target === undefined ? {} : { target }) };
    const subjects = subjectsOf(methods, given, signal);
    checkOneInput(x, model);
    signal?.throwIfAborted();
    const fixed = await fixedTarget(subjects[0]!, model, x, target);
    const control = { ...(signal ? { signal } : {}), ...(onProgress ? { onProgress } : {}) };
    const made: ComparedMethods['methods'][number][] = [];
    const maps: SampleMap[][] = [];
    for await (const { first } of turns(subjects.length, { atOnce: 1, isFree: false, ...control })) {
      const subject = subjects[first]!;
      const own = fixed === undefined ? subject.options : { ...subject.options, target: fixed };
      const before = performance.now();
      const found = await measured({ ...subject, options: own }, model, x);
      const seconds = (performance.now() - before) / 1000;
      made.push({ name: found.record.method, record: found.record, seconds });
      const [one] = tensorsIn(x) as [Tensor];
      maps.push(found.maps.map((map) => inCellsOf(one, map)));
    }
    const { sizes } = spacesOf(model, x)[0]!;
    const large = await Promise.all(
      maps.map((ofSamples, i) => Promise.all(ofSamples.map((map) => inSpace(map, sizes, made[i]!.name)))),
    );
    const names = similaritiesFor(similarities, large[0]![0]!);
    return {
      metric: 'compareMethods',
      options: jsonOf({ target: fixed, score, similarities: names }) as ComparedMethods['options'],
      methods: made,
      samples: large[0]!.map((_, i) => ({
        similarities: matrices(
          large.map((ofSamples) => ofSamples[i]!),
          names,
        ),
      })),
    };
  });
}

function subjectsOf(methods: unknown, given: object, signal: AbortSignal | undefined): Subject<object>[] {
  const expected = 'methods to be a list of methods such as [saliency, [gradCam, { layer }]]';
  if (!Array.isArray(methods)) throw wrongKind(expected, methods);
  if (methods.length < 2) {
    throw ours(new RangeError(`expected methods to be two or more, got ${methods.length}`));
  }
  return Array.from<unknown>(methods).map((each) => {
    const [method, own = {}] = Array.isArray(each) ? (each as unknown[]) : [each];
    definitionOf(method);
    checkOptionNames(own, Object.keys(Object(own) as object)); // an object
    const subject = subjectOf<object>(method, { ...given, ...(own as object) }, []);
    return { ...subject, control: signal ? { signal } : {} };
  });
}

async function inSpace(map: SampleMap, space: readonly number[], name: string): Promise<SampleMap> {
  if (map.space.join() === space.join()) return map;
  if (map.space.length === 2 && space.length === 2) return inSize(map, space);
  throw ours(
    new RangeError(
      `expected maps of the cells of x, [${space.join(', ')}], got one of [${map.space.join(', ')}] of ${name}; ` +
        'leave it out',
    ),
  );
}

function matrices(
  maps: readonly SampleMap[],
  names: readonly SimilarityName[],
): ComparedMethods['samples'][number]['similarities'] {
  const rows = maps.map((a) =>
    maps.map((b) => compare(inChannels(a, b.channels), inChannels(b, a.channels), names)),
  );
  return Object.fromEntries(
    names.map((name) => [name, rows.map((row) => row.map((each) => each[name] ?? null))]),
  );
}

/** A map of one channel in each of several. */
function inChannels(map: SampleMap, channels: number): SampleMap {
  if (map.channels >= channels) return map;
  const values = new Float32Array(map.values.length * channels).map(
    (_, i) => map.values[Math.floor(i / channels)]!,
  );
  return { values, space: map.space, channels };
}
