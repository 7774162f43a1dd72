import { tensor } from '@tensorflow/tfjs-core';
import type { Tensor } from '@tensorflow/tfjs-core';
import { checkCount } from '../explanations/explainer/optionValues';
import type { ExplanationRecord } from '../explanations/calls/record';
import type { Inputs } from '../model/inputs';
import { isGraphModel, isLayersModel } from '../model/modelKinds';
import { isPrepared } from '../model/networkOf';
import type { Model } from '../model/networkOf';
import { guidedBackprop } from '../methods/guidedBackprop';
import { isOfTooFewClasses } from '../targets/chooseClasses';
import { classesAt, whereOf } from '../targets/target';
import type { Choice, Target } from '../targets/target';
import { metricDoor } from './measuring/metricDoor';
import { compare, similaritiesFor } from './measuring/compare';
import type { Similarities } from './measuring/compare';
import { besideEdges, edgesIn } from './measuring/edges';
import type { MetricMethod, MetricOptions } from './measuring/metricMethod';
import { noiseMap } from './measuring/noiseMap';
import { sentenceOf } from './measuring/sentence';
import { checkOneInput, measured, subjectOf } from './measuring/subject';
import type { AnyMethod, Measured, MetricControl, Subject } from './measuring/subject';
import { classesIn, fixedTarget, measuredTargets } from './measuring/twoClasses';
import { randomized } from './parameterRandomization';
import type { ParameterRandomization } from './parameterRandomization';
import { resolveRandomness } from './randomizing/randomness';

/** Options of `check`, beside those of the method. */
export interface CheckOptions extends MetricControl {
  /** The method whose map is looked at. Left out: `guidedBackprop`. */
  method?: AnyMethod;
  /**
   * How many points the curve of random layers has.
   *
   * @default 4
   */
  stages?: number;
  /**
   * Where the random numbers begin, a whole number from 0 on.
   *
   * @default 0
   */
  seed?: number;
}

/** What is known of a map. */
export interface Checked {
  /** The map, as the method gives it. The caller disposes it. */
  readonly map: Tensor;
  /** How it was made. */
  readonly record: ExplanationRecord;
  /** The curve from the top down, at a few layers; null of a function, whose weights cannot be reached. */
  readonly parameterRandomization: ParameterRandomization | null;
  /** One for each sample. */
  readonly samples: readonly CheckedSample[];
}

/** What is known of the map of one sample. */
export interface CheckedSample {
  /** The class explained and the highest other one; null where the target is no class, or the only one. */
  readonly classes: readonly [number, number] | null;
  /** How alike the maps of the two are. */
  readonly classSensitivity: Similarities | null;
  /** How alike the map is to the Sobel edges of the photo; null where the input is none. */
  readonly edges: Similarities | null;
  /** How alike it is to a map of noise. */
  readonly random: Similarities;
  /** What the numbers say, in words: by `spearmanAbsolute`, as maps are looked at without their signs. */
  readonly sentence: string;
}

/**
 * Whether a map is about the model at all, in one call: the map, how alike those of two classes are, how like
 * the photo's edges and noise it is, and what is left of it when layers are random.
 *
 * The sentence calls two maps much alike from a rank correlation of .8 on, partly alike from .4 on; the
 * numbers are beside it. It says what was measured, and does not say that a map is right.
 *
 * @param model As the method takes it; of a LayersModel, a GraphModel or a prepared one layers are made
 *   random in copies.
 * @param x As the method takes it, one tensor; channels last where it is an image.
 * @returns A promise of the map and what is known of it. The caller disposes the map; the rest is JSON.
 * @throws TypeError if `method` is no method of this library, or an option is unknown or of the wrong kind;
 *   RangeError if `stages` or `seed` is out of range; otherwise as the method. The reason of `signal`. The
 *   promise is rejected, and no tensor is left.
 * @see Adebayo et al. 2018 — https://arxiv.org/abs/1810.03292
 * @example
 * ```ts
 * const { map, samples } = await check(model, image, { method: guidedBackprop });
 * console.log(samples[0]?.sentence);
 * map.dispose();
 * ```
 */
export function check<O extends object>(
  model: Model,
  x: Inputs,
  options: CheckOptions & Partial<MetricOptions<O, { method?: MetricMethod<O> }>> = {},
): Promise<Checked> {
  return metricDoor('check', x, async () => {
    const { method = guidedBackprop, ...rest } = Object(options) as CheckOptions;
    const given = 'method' in Object(options) ? rest : options;
    const subject = subjectOf<Omit<CheckOptions, 'method'>>(method, given, ['stages', 'seed']);
    const { stages = 4, seed = 0 } = subject.own;
    checkCount('stages', stages);
    resolveRandomness({ seed });
    checkOneInput(x, model);
    const total = stages + 2; // the map, the stages, the classes
    const told = subject.control.onProgress;
    const control = {
      ...subject.control,
      ...(told ? { onProgress: (done: number) => told(Math.min(done, total - 1), total) } : {}),
    };
    const own: Subject<object> = { ...subject, own: { stages, seed }, control };
    const random = hasLayers(model) ? await randomized('check', own, model, x) : undefined;
    const original = random?.original ?? (await measured(own, model, x));
    const other = await otherClass(own, model, x, original);
    told?.(total, total);
    subject.control.signal?.throwIfAborted();
    const result = random?.result ?? null;
    const samples = result
      ? result.samples.map(({ edges, random: noise }) => ({ edges, random: noise }))
      : await besides(original, x, seed);
    return {
      map: mapOf(original),
      record: original.record,
      parameterRandomization: result,
      samples: samples.map((beside, i) => {
        const classes = other && ([other.classes[0]![i]!, other.classes[1]![i]!] as const);
        const classSensitivity = other && other.similarities[i]!;
        const sample = { classes, classSensitivity, ...beside };
        const curve = result?.samples[i]?.curves.spearmanAbsolute;
        return { ...sample, sentence: sentenceOf(original.record.method, { ...sample, curve }) };
      }),
    };
  });
}

function hasLayers(model: Model): boolean {
  return isPrepared(model) || isLayersModel(model) || isGraphModel(model);
}

/** The map of the highest class but the one explained, of each sample. */
async function otherClass(subject: Subject<object>, model: Model, x: Inputs, original: Measured) {
  const { target } = original.fixed as { target?: Target };
  const explained = classesIn(target);
  if (!explained) return null;
  const where = whereOf(target);
  const free = { ...subject, options: { ...original.fixed, target: undefined } };
  const first = classesIn(await fixedTarget(free, model, x, { ...where, nth: 0 }))!;
  const second = await secondClass(free, model, x, where);
  if (!second) return null;
  const others = explained.map((one, i) => (first[i] === one ? second[i]! : first[i]!));
  const [there] = await measuredTargets(free, model, x, [classesAt(where, others)], () => undefined);
  const names = similaritiesFor(undefined, original.maps[0]!);
  return {
    classes: [explained, others],
    similarities: original.maps.map((map, i) => compare(map, there!.maps[i]!, names)),
  };
}

/** The second highest class of each sample; undefined of a model with one class. */
async function secondClass(
  subject: Subject<object>,
  model: Model,
  x: Inputs,
  where: Choice,
): Promise<readonly number[] | undefined> {
  try {
    return classesIn(await fixedTarget(subject, model, x, { ...where, nth: 1 }));
  } catch (error) {
    if (isOfTooFewClasses(error)) return undefined;
    throw error;
  }
}

async function besides({ maps }: Measured, x: Inputs, seed: number) {
  const names = similaritiesFor(undefined, maps[0]!);
  const edges = await edgesIn(x);
  const found: Pick<CheckedSample, 'edges' | 'random'>[] = [];
  for (const [i, map] of maps.entries()) {
    const beside = edges && (await besideEdges(map, edges[i]!));
    found.push({
      edges: beside && compare(...beside, names),
      random: compare(map, noiseMap(map, seed), names),
    });
  }
  return found;
}

function mapOf({ maps, shape }: Measured): Tensor {
  const size = maps[0]!.values.length;
  const all = new Float32Array(maps.length * size);
  maps.forEach(({ values }, i) => all.set(values, i * size));
  return tensor(all, [...shape]);
}
