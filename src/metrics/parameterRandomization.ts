import { checkCount } from '../explanations/explainer/optionValues';
import { turns } from '../explanations/passes/passes';
import type { ExplanationRecord } from '../explanations/calls/record';
import type { Numbers } from '../explanations/passes/readBack';
import { jsonOf } from '../explanations/calls/json';
import type { Json } from '../explanations/calls/json';
import type { Inputs } from '../model/inputs';
import type { Model } from '../model/networkOf';
import type { LayerPath } from '../model/place';
import type { From } from '../model/startNames';
import { metricDoor } from './measuring/metricDoor';
import { checkSimilarities, compare, comparing, orNull, similaritiesFor } from './measuring/compare';
import type { Similarities, SimilarityName, SimilarityOptions } from './measuring/compare';
import { besideEdges, edgesIn } from './measuring/edges';
import { entropyOf } from './measuring/entropy';
import { noiseMap } from './measuring/noiseMap';
import type { SampleMap } from './measuring/sampleMap';
import { checkOneInput, measured, subjectOf } from './measuring/subject';
import type { Measured, MetricControl, Subject } from './measuring/subject';
import type { MetricMethod, MetricOptions } from './measuring/metricMethod';
import { RANDOMNESS_OPTIONS, Randomness, randomizable, resolveRandomness } from './randomizing/randomness';
import type { RandomnessOptions } from './randomizing/randomness';
import type { WeightedLayer } from './randomizing/weighted';

/** Options of `parameterRandomization`; those of the method are taken beside them. */
export interface ParameterRandomizationOptions extends RandomnessOptions, SimilarityOptions, MetricControl {
  /**
   * How many points the curves have, spread evenly over the layers, each random up to there. Left out: one
   * for each layer.
   */
  stages?: number;
}

/** What becomes of a map as layers become random. */
export interface ParameterRandomization {
  readonly metric: 'parameterRandomization';
  /** The metric's own, with what was left out. */
  readonly options: { readonly [name: string]: Json };
  /** How the map of the model as it is was made. */
  readonly record: ExplanationRecord;
  /** The layers that became random, in this order: a point of each curve. */
  readonly layers: readonly LayerPath[];
  /** One for each sample. */
  readonly samples: readonly RandomizationCurves[];
}

/** The curves of one sample. */
export interface RandomizationCurves {
  /** By layer: how alike the map then is to that of the model as it is; null where either says nothing. */
  readonly curves: Readonly<Partial<Record<SimilarityName, readonly (number | null)[]>>>;
  /** How alike a map of normal noise is to that of the model: what to hold the curves against. */
  readonly random: Similarities;
  /** How alike the Sobel edges of the photo are to that of the model; null where the input is no image. */
  readonly edges: Similarities | null;
  /** The entropy of the map's histogram, in nats; NaN where a cell is no number or without end. */
  readonly entropy: {
    /** Of the model as it is. */
    readonly original: number;
    /** By layer. */
    readonly curve: readonly number[];
    /** `(last − original) / original`; null of layers random one at a time, or of an entropy of 0 or NaN. */
    readonly rise: number | null;
  };
  /** By layer: the explained number. */
  readonly values: readonly Json[];
}

const OWN: readonly string[] = [...RANDOMNESS_OPTIONS, 'similarities', 'stages'];

/**
 * Whether a map depends on what the model has learnt: how alike it stays to itself while layer after layer is
 * given random weights.
 *
 * `curve(l) = similarity(M(f), M(f with the layers up to l random))`
 *
 * A curve that stays high says that the map is hardly about the weights there. The class is fixed at the
 * model as it is. Beside the curves stand what noise and the photo's edges have in common with the map, and
 * the entropy of Hedström et al., who look at the rise in complexity instead of a similarity. All of it is
 * measured; none of it is a pass or a fail.
 *
 * What is disputed: the outcome depends on the similarity, on whether signs are kept, and on how maps are
 * normalised. Binder et al. show that maps which say nothing score well in such tests, and that randomising
 * from the top down keeps the scales of activations below, so that a map can only change so far. That a map
 * changes is no proof that it is right.
 *
 * @param method A method, e.g. `guidedBackprop`.
 * @param model A LayersModel or a GraphModel; or a prepared one. It is not changed. Of a GraphModel that the
 *   method explains `from` a node, the layers behind it become random.
 * @param x As the method takes it, one tensor; channels last where it is an image.
 * @returns A promise of JSON: curves by layer, for each sample.
 * @throws TypeError if `method` is no method of this library, `model` is a function, or an option is unknown
 *   or of the wrong kind; RangeError if one is out of range or a similarity does not fit the maps; otherwise
 *   as the method. The reason of `signal`. The promise is rejected, and no tensor is left.
 * @see Adebayo et al. 2018 — https://arxiv.org/abs/1810.03292
 * @see Binder et al. 2023 — https://arxiv.org/abs/2211.12486
 * @see Hedström et al. 2024 — https://arxiv.org/abs/2401.06465
 * @example
 * ```ts
 * const { samples } = await parameterRandomization(guidedBackprop, model, image, { target: 281, seed: 1 });
 * console.log(samples[0]); // how alike the map stays, layer by layer, by each similarity
 * ```
 */
export function parameterRandomization<O extends object>(
  method: MetricMethod<O>,
  model: Model,
  x: Inputs,
  options: MetricOptions<O, ParameterRandomizationOptions> = {} as never,
): Promise<ParameterRandomization> {
  return metricDoor('parameterRandomization', x, async () => {
    const subject = subjectOf<ParameterRandomizationOptions>(method, options, OWN);
    checkOneInput(x, model);
    const { result } = await randomized('parameterRandomization', subject, model, x);
    return result;
  });
}

/**
 * The same of a subject, with the map of the model as it is.
 *
 * @param maker The public function, which errors of copies name.
 */
export async function randomized(
  maker: string,
  subject: Subject<ParameterRandomizationOptions>,
  model: Model,
  x: Inputs,
): Promise<{ result: ParameterRandomization; original: Measured }> {
  const { own, control } = subject;
  const { stages, similarities } = own;
  const chosen = resolveRandomness(own);
  checkSimilarities(similarities);
  if (stages !== undefined) checkCount('stages', stages);
  const { from } = subject.options as { from?: From };
  const randomness = new Randomness(maker, randomizable(model), chosen, from);
  const layers = spread(randomness.inOrder(), stages);
  try {
    let first: Measured | undefined;
    const random: Measured[] = [];
    for await (const { first: at } of turns(layers.length + 1, { atOnce: 1, isFree: false, ...control })) {
      if (!first) {
        first = await measured(subject, model, x);
        similaritiesFor(similarities, first.maps[0]!); // refused before the work is done
        continue;
      }
      const copy = await randomness.copy(randomness.upTo(layers[at - 1]!), control.signal);
      random.push(await measured({ ...subject, options: first.fixed }, copy, x));
    }
    const original = first!;
    const names = similaritiesFor(similarities, original.maps[0]!);
    const result: ParameterRandomization = {
      metric: 'parameterRandomization',
      options: jsonOf({ ...chosen, similarities: names, stages }) as ParameterRandomization['options'],
      record: original.record,
      layers: layers.map(({ path }) => path),
      samples: await curvesOf(original.maps, random, x, names, chosen),
    };
    return { result, original };
  } finally {
    randomness.dispose();
  }
}

/** So many of the layers, the last among them. */
function spread(layers: readonly WeightedLayer[], stages = layers.length): WeightedLayer[] {
  const count = Math.min(stages, layers.length);
  return Array.from({ length: count }, (_, i) => layers[Math.ceil(((i + 1) * layers.length) / count) - 1]!);
}

async function curvesOf(
  maps: readonly SampleMap[],
  random: readonly Measured[],
  x: Inputs,
  names: readonly SimilarityName[],
  { order, seed }: Required<RandomnessOptions>,
): Promise<RandomizationCurves[]> {
  const edges = await edgesIn(x);
  const curves: RandomizationCurves[] = [];
  for (const [i, map] of maps.entries()) {
    const then = random.map((each) => each.maps[i]!);
    const likeThis = comparing(map, names);
    const compared = then.map(likeThis);
    const beside = edges && (await besideEdges(map, edges[i]!));
    const original = entropyOf(map);
    const curve = then.map(entropyOf);
    const rise = (curve[curve.length - 1]! - original) / original;
    curves.push({
      curves: Object.fromEntries(names.map((name) => [name, compared.map((each) => each[name] ?? null)])),
      random: likeThis(noiseMap(map, seed)),
      edges: beside && compare(...beside, names),
      entropy: { original, curve, rise: order === 'independent' ? null : orNull(rise) },
      values: random.map(({ value }) => jsonOf(sampleOf(value, i))),
    });
  }
  return curves;
}

/** The number of a sample; a target function may give one for all. */
function sampleOf(value: Numbers, i: number): Numbers {
  return Array.isArray(value) ? value[i]! : value;
}
