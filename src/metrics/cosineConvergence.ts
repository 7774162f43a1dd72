import { keep } from '@tensorflow/tfjs-core';
import type { Tensor } from '@tensorflow/tfjs-core';
import { ours } from '../errors/door';
import { wrongKind } from '../errors/wrongKind';
import { openExplainer } from '../explanations/explainer/explainer';
import type { Explanation, Seen } from '../explanations/explainer/explainer';
import { asPlace } from '../explanations/explainer/findEnds';
import { jsonOf } from '../explanations/calls/json';
import type { Json } from '../explanations/calls/json';
import type { MethodDefinition } from '../explanations/calls/method';
import { checkCount } from '../explanations/explainer/optionValues';
import type { ExplainOptions, OutputPlace, PlaceName } from '../explanations/explainer/options';
import { turns } from '../explanations/passes/passes';
import { cellsOf } from '../explanations/passes/readBack';
import { sampleCount, tensorsIn } from '../explanations/inputs/structure';
import { checkPlace } from '../model/checkPlace';
import type { Inputs } from '../model/inputs';
import { networkOf } from '../model/networkOf';
import type { Model } from '../model/networkOf';
import { placeCode } from '../model/place';
import { waypointsOf } from '../model/waypoints';
import { cosinesIn, cosinesOf, type Arrived, type Cosines } from './converging/cosines';
import { checkVectors, startsOf } from './converging/starts';
import { targetAt, targetsAtScores } from './converging/targets';
import { metricDoor } from './measuring/metricDoor';
import type { MetricMethod, MetricOptions } from './measuring/metricMethod';
import { checkOneInput, subjectOf } from './measuring/subject';
import type { MetricControl } from './measuring/subject';

/** Options of `cosineConvergence`; those of the method are taken beside them, but for what is explained. */
export interface CosineConvergenceOptions extends MetricControl {
  /** Where the vectors start: a layer or node. Left out: at the scores, before a final softmax. */
  start?: PlaceName;
  /**
   * The layers or nodes that are looked at, whose outputs have the samples along their first axis. Left out:
   * all such that lead to the start.
   */
  layers?: readonly PlaceName[];
  /**
   * How many random vectors, of which each pair is compared, or the vectors themselves, `[vectors, ...what
   * one sample has at the start]`.
   *
   * @default 4
   */
  vectors?: number | Tensor;
  /**
   * Where the random numbers begin, a whole number from 0 on: a seed gives the same vectors on every backend.
   *
   * @default 0
   */
  seed?: number;
}

/** Whether what a method sends back still tells where it started. */
export interface CosineConvergence {
  readonly metric: 'cosineConvergence';
  /** The method's name. */
  readonly method: string;
  /** The metric's own and the method's, with what was left out. */
  readonly options: { readonly [name: string]: Json };
  /** The places that were looked at, from the start down; after them comes the input. */
  readonly layers: readonly OutputPlace[];
  /** One for each sample. */
  readonly samples: readonly {
    /** One for each of the layers. */
    readonly layers: readonly Cosines[];
    /** What arrives at the input, whose channels are few. */
    readonly input: Cosines;
  }[];
}

/**
 * Whether what a method sends back converges to one direction, whatever it starts from: then a map cannot be
 * about the layers above.
 *
 * Random vectors start at a layer, are sent back by the method's rule, and are compared in pairs at each
 * layer before it: `cos(R_a, R_b)` over the channels of each position, of which the median is given
 *
 * Vectors of both signs, as are drawn here, may converge to a direction and its opposite, whose cosines
 * cancel in a median: `medianAbsolute` sees that. A layer of one channel has ±1 whatever comes.
 *
 * What is disputed: convergence is a tendency of the depth, and differs between networks. A rule that
 * converges only below the layers of interest may still be about these.
 *
 * @param method A method of one pass that takes `wrt`: `saliency`, `guidedBackprop`, `deconvnet`,
 *   `layerwiseRelevance`, `deepLift`. Relevance starts as the vector, not as its product with the score.
 * @param model As the method takes it; of a function only the input is looked at.
 * @param x As the method takes it, one tensor.
 * @returns A promise of JSON: cosines by layer, for each sample.
 * @throws TypeError if the method has many passes or no `wrt`, or an option is unknown or of the wrong
 *   kind; RangeError if there are fewer than two vectors, they do not fit, a layer has the samples along
 *   another axis, or the model has several outputs and no `start` is given; Error if a layer does not lead
 *   there; otherwise as the method. The reason of `signal`. The promise is rejected, and no tensor is left.
 * @see Sixt et al. 2020 — https://arxiv.org/abs/1912.09818
 * @example
 * ```ts
 * const { samples } = await cosineConvergence(guidedBackprop, model, image, { vectors: 4, seed: 1 });
 * console.log(samples[0]?.layers); // near 1 where all vectors have come to the same direction
 * ```
 */
export function cosineConvergence<O extends object>(
  method: MetricMethod<O>,
  model: Model,
  x: Inputs,
  options: MetricOptions<O, CosineConvergenceOptions> = {} as never,
): Promise<CosineConvergence> {
  return metricDoor('cosineConvergence', x, async () => {
    const names = ['start', 'layers', 'vectors', 'seed'];
    const instead = ['target', 'score', 'wrt', 'batchSize'];
    const subject = subjectOf<CosineConvergenceOptions>(method, options, names, instead);
    const { definition, control } = subject;
    const { start, layers, vectors = 4, seed = 0 } = subject.own;
    checkMethod(definition);
    if (start !== undefined) checkPlace(start, 'start');
    checkPlaces(layers);
    if (typeof vectors === 'number') checkCount('vectors', vectors, 2);
    else checkVectors(vectors);
    checkCount('seed', seed, 0);
    checkOneInput(x, model);
    control.signal?.throwIfAborted();
    const given = layers?.map(asPlace) ?? leadingTo(model, start);
    let places = given;
    const starts = await startsOf(vectors, seed);
    let found: number[][][] = [];
    const pairs = starts.flatMap((_, i) => starts.slice(i + 1).map((__, k) => [i, i + 1 + k] as const));
    const asked = askedOf(definition, subject.options, model, x);
    const { targets, close } =
      start === undefined
        ? targetsAtScores(starts, model, x, asked)
        : { targets: starts.map((at) => targetAt(start, at)), close: () => undefined };
    try {
      const end: ExplainOptions = start === undefined ? { score: 'logit' } : { target: asPlace(start) };
      const explainer = openExplainer(model, { ...asked, ...end, at: given });
      try {
        for await (const { first } of turns(pairs.length, { atOnce: 1, isFree: false, ...control })) {
          const both = explainer.explain(
            x,
            pairs[first]!.map((i) => targets[i]),
          );
          const tensors = both.flatMap(tensorsOf);
          for (const one of tensors) keep(one);
          try {
            const batch = sampleCount(x);
            const [a, b] = both.map((each) => arrivals(each, batch)) as [Arrived[], Arrived[]];
            if (first === 0) {
              const { at } = both[0]!;
              if (layers) checkSamples(at, given, batch);
              places = given.filter((_, i) => hasSamples(at[i]!, batch));
              found = Array.from({ length: batch }, () => a.map(() => []));
            }
            for (const [k, at] of a.entries()) {
              const cosines = cosinesOf(at, await cellsOf(at.dy), await cellsOf(b[k]!.dy));
              cosines.forEach((of, i) => {
                for (const cosine of of) found[i]![k]!.push(cosine);
              });
            }
          } finally {
            for (const one of tensors) one.dispose();
          }
        }
      } finally {
        explainer.close();
      }
    } finally {
      close();
    }
    return {
      metric: 'cosineConvergence',
      method: definition.name,
      options: jsonOf({ ...subject.options, start, layers, vectors, seed }) as CosineConvergence['options'],
      layers: places,
      samples: found.map((of) => {
        const each = of.map(cosinesIn);
        return { layers: each.slice(0, -1), input: each[each.length - 1]! };
      }),
    };
  });
}

function checkMethod({ name, options, passes }: MethodDefinition): void {
  const known = typeof options === 'function' ? options({}) : options;
  if (!passes && known.includes('wrt')) return;
  throw ours(
    new TypeError(
      `expected a method of one pass that takes wrt, such as guidedBackprop, got ${name}; ` +
        'what it sends back cannot be looked at layer by layer',
    ),
  );
}

function checkPlaces(layers: unknown): void {
  if (layers === undefined) return;
  if (!Array.isArray(layers) || layers.length === 0) {
    throw wrongKind('layers to be a list of layers, each by its name, its path or as a place', layers);
  }
  for (const place of Array.from<unknown>(layers)) checkPlace(place, 'each of layers');
}

/** All places that lead to a start, from there down. */
function leadingTo(model: Model, start: PlaceName | undefined): OutputPlace[] {
  const end = start === undefined ? undefined : networkOf(model).find(asPlace(start));
  return waypointsOf(model, end)
    .map(({ place }) => place)
    .reverse();
}

/** What the method asks for, with relevance that starts as the vectors are, and no last step of its own. */
function askedOf(
  { ask, resolve }: MethodDefinition,
  options: object,
  model: Model,
  x: Inputs,
): ExplainOptions {
  const asked = ask(resolve ? resolve(options, model, x) : options);
  const { propagation } = asked;
  if (!propagation) return asked;
  const { through, reference } = propagation;
  return { ...asked, propagation: { through, ...(reference ? { reference } : {}) } };
}

/** At each layer that has the samples first, and at the input. */
function arrivals({ at, map }: Explanation, batch: number): Arrived[] {
  const seen = at.filter((one) => hasSamples(one, batch));
  return [...seen, { dy: tensorsIn(map)[0]!, channelAxis: 'last' }];
}

/** Whether a place has the samples along its first axis; a graph may have its steps there. */
function hasSamples({ y }: Seen, batch: number): boolean {
  return y.shape[0] === batch;
}

function checkSamples(at: readonly Seen[], places: readonly OutputPlace[], batch: number): void {
  const i = at.findIndex((one) => !hasSamples(one, batch));
  if (i < 0) return;
  throw ours(
    new RangeError(
      `expected layers with the ${batch} samples along the first axis, got ${placeCode(places[i]!)} ` +
        `of shape [${at[i]!.y.shape.join(', ')}]; leave it out`,
    ),
  );
}

/** The tensors of an explanation but its classes, which are ours, and are used again. */
function tensorsOf({ map, value, others, at }: Explanation): Tensor[] {
  return [...tensorsIn(map), value, ...(others ? [others] : []), ...at.flatMap(({ y, dy }) => [y, dy])];
}
