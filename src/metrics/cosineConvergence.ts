import { reshape, sum, tensor, tile, zeros } from '@tensorflow/tfjs-core';
import type { Tensor } from '@tensorflow/tfjs-core';
import { isTensor } from '../backends/isTensor';
import { checkTensor } from '../errors/checkTensor';
import { doorAsync, ours } from '../errors/door';
import { wrongKind } from '../errors/wrongKind';
import { openExplainer } from '../explanations/explainer';
import type { Explanation } from '../explanations/explainer';
import { asPlace } from '../explanations/findEnds';
import { jsonOf } from '../explanations/json';
import type { Json } from '../explanations/json';
import type { MethodDefinition } from '../explanations/method';
import { checkCount } from '../explanations/optionValues';
import type { ExplainOptions, OutputPlace, PlaceName } from '../explanations/options';
import { turns } from '../explanations/passes';
import { randomNumbers } from '../explanations/randomNumbers';
import { cellsOf } from '../explanations/readBack';
import { tensorsIn } from '../explanations/structure';
import { checkPlace } from '../model/checkPlace';
import type { Inputs } from '../model/inputs';
import type { ChannelAxis, Outputs } from '../model/network';
import { networkOf } from '../model/networkOf';
import type { Model } from '../model/networkOf';
import { waypointsOf } from '../model/waypoints';
import { WEIGHTS } from '../targets/seedOfPlace';
import type { WeighedPlace } from '../targets/seedOfPlace';
import type { Asked } from '../targets/target';
import { tidied } from '../tensors/tidied';
import { orNull } from './measuring/compare';
import type { MetricMethod, MetricOptions } from './measuring/metricMethod';
import { checkOneInput, subjectOf } from './measuring/subject';
import type { MetricControl } from './measuring/subject';

/** Options of `cosineConvergence`; those of the method are taken beside them, but for what is explained. */
export interface CosineConvergenceOptions extends MetricControl {
  /** Where the vectors start: a layer or node. Left out: at the scores, before a final softmax. */
  start?: PlaceName;
  /** The layers or nodes that are looked at. Left out: all that lead to the start. */
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

/** The cosines over channels of what two vectors send to the same place, over all places and pairs. */
export interface Cosines {
  /** Near 1 where all arrive in one direction; null where nothing arrives. */
  readonly median: number | null;
  /** Their mean. */
  readonly mean: number | null;
  /** The median of their magnitudes: near 1 too, where they arrive in one direction or its opposite. */
  readonly medianAbsolute: number | null;
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
 * @throws TypeError if the method has many passes or no `wrt`, or an option is unknown or of the wrong kind;
 *   RangeError if there are fewer than two vectors, they do not fit, or the model has several outputs and no
 *   `start` is given; Error if a layer does not lead there; otherwise as the method. The reason of `signal`.
 *   The promise is rejected, and no tensor is left.
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
  return doorAsync('cosineConvergence', async () => {
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
    const places = layers?.map(asPlace) ?? leadingTo(model, start);
    const starts = await startsOf(vectors, seed);
    let found: number[][][] = [];
    const pairs = starts.flatMap((_, i) => starts.slice(i + 1).map((__, k) => [i, i + 1 + k] as const));
    const asked = askedOf(definition, subject.options, model, x);
    const { targets, close } =
      start === undefined
        ? targetsAtScores(starts, model, x, asked)
        : { targets: starts.map((at) => targetAt(start, at)), close: () => undefined };
    try {
      const score = start === undefined ? ({ score: 'logit' } as const) : {};
      const explainer = openExplainer(model, { ...asked, ...score, at: places });
      try {
        for await (const { first } of turns(pairs.length, { atOnce: 1, isFree: false, ...control })) {
          const both = explainer.explain(
            x,
            pairs[first]!.map((i) => targets[i]),
          );
          try {
            const [a, b] = both.map(arrivals) as [Arrived[], Arrived[]];
            if (first === 0) found = Array.from({ length: samplesOf(a) }, () => a.map(() => []));
            for (const [k, at] of a.entries()) {
              const cosines = cosinesOf(at, await cellsOf(at.dy), await cellsOf(b[k]!.dy));
              cosines.forEach((of, i) => {
                for (const cosine of of) found[i]![k]!.push(cosine);
              });
            }
          } finally {
            both.forEach(dispose);
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

function checkVectors(vectors: unknown): void {
  checkTensor(vectors, 'vectors');
  if (vectors.rank > 1 && vectors.shape[0] >= 2) return;
  throw ours(
    new RangeError(
      `expected vectors to be two or more, [vectors, ...one sample], got [${vectors.shape.join(', ')}]`,
    ),
  );
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

/** Gives a vector for an output of this shape, as a tensor that is broadcast to it. */
type Start = (shape: readonly number[]) => Tensor;

async function startsOf(vectors: number | Tensor, seed: number): Promise<Start[]> {
  if (isTensor(vectors)) {
    const [count = 0, ...one] = vectors.shape;
    const values = await cellsOf(vectors);
    const size = values.length / count;
    return Array.from({ length: count }, (_, i) => (shape) => {
      if (shape.slice(1).join() !== one.join()) {
        throw ours(
          new RangeError(
            `expected vectors to have shape [vectors, ${shape.slice(1).join(', ')}], got [${vectors.shape.join(', ')}]`,
          ),
        );
      }
      return tensor(Float32Array.from(values.subarray(i * size, (i + 1) * size)), [1, ...one]);
    });
  }
  const random = randomNumbers(seed);
  return Array.from({ length: vectors }, () => {
    const own = Math.floor(random.uniform() * 2 ** 32);
    return (shape) => {
      const numbers = randomNumbers(own); // the same each time
      const one = shape.slice(1);
      const size = one.reduce((product, length) => product * length, 1);
      return tensor(
        Float32Array.from({ length: size }, () => numbers.normal()),
        [1, ...one],
      );
    };
  });
}

function targetAt(start: PlaceName, at: Start): Asked {
  const place: WeighedPlace = { ...asPlace(start), [WEIGHTS]: at };
  return place;
}

/** The same at the scores, as if each class were chosen by as much as the vector says. */
function targetsAtScores(
  starts: readonly Start[],
  model: Model,
  x: Inputs,
  { from }: ExplainOptions,
): { targets: Asked[]; close: () => void } {
  const shape = shapeOfScores(model, x, from);
  const [batch = 1, ...rest] = shape;
  const at = rest.slice(0, -1).map(() => 0);
  const held: Tensor[] = [];
  const close = () => {
    for (const one of held) one.dispose();
  };
  try {
    const targets = starts.map((start): Asked => {
      const [classes, weights] = tidied((): [Tensor, Tensor] => [
        zeros([batch], 'int32'),
        tile(reshape(start(shape), [1, -1]), [batch, 1]),
      ]);
      held.push(classes, weights);
      return { at, chosen: { classes, weights, others: null } };
    });
    return { targets, close };
  } catch (error) {
    close();
    throw error;
  }
}

function shapeOfScores(model: Model, x: Inputs, from: ExplainOptions['from']): number[] {
  let shape: number[] = [];
  const target = (outputs: Outputs) => {
    if (!isTensor(outputs)) {
      throw ours(
        new RangeError(
          'expected a model of one output, got one of several; say where vectors start, e.g. { start: "scores" }',
        ),
      );
    }
    shape = outputs.shape;
    return sum(outputs);
  };
  const explainer = openExplainer(model, { target, score: 'logit', ...(from === undefined ? {} : { from }) });
  try {
    explainer.score(x).dispose();
  } finally {
    explainer.close();
  }
  if (shape.length > 1 && shape.slice(1, -1).every((size) => size === 1)) return shape;
  throw ours(
    new RangeError(
      `expected scores of shape [batch, classes], got [${shape.join(', ')}]; ` +
        'say where vectors start, e.g. { start: "conv_5" }',
    ),
  );
}

/** What arrived at a place. */
interface Arrived {
  readonly dy: Tensor;
  readonly channelAxis: ChannelAxis;
}

/** At each layer, and at the input. */
function arrivals({ at, map }: Explanation): Arrived[] {
  return [...at, { dy: tensorsIn(map)[0]!, channelAxis: 'last' }];
}

function samplesOf(arrived: readonly Arrived[]): number {
  return arrived[0]!.dy.shape[0] ?? 1;
}

/** The classes are ours, and are used again. */
function dispose({ map, value, others, at }: Explanation): void {
  for (const one of [...tensorsIn(map), ...at.flatMap(({ y, dy }) => [y, dy])]) one.dispose();
  for (const one of [value, others]) one?.dispose();
}

/** For each sample the cosine at each position; none where a vector is 0. */
function cosinesOf({ dy, channelAxis }: Arrived, a: Float32Array, b: Float32Array): number[][] {
  const [batch = 1, ...rest] = dy.shape;
  const isFirst = channelAxis === 'first' && rest.length > 1;
  const channels = (isFirst ? rest[0] : rest[rest.length - 1]) ?? 1;
  const places = a.length / (batch * channels);
  const [toChannel, toPlace] = isFirst ? [places, 1] : [1, channels];
  return Array.from({ length: batch }, (_, i) => {
    const cosines: number[] = [];
    for (let place = 0; place < places; place++) {
      let [both, ofA, ofB] = [0, 0, 0];
      for (let channel = 0; channel < channels; channel++) {
        const at = i * places * channels + place * toPlace + channel * toChannel;
        both += a[at]! * b[at]!;
        ofA += a[at]! ** 2;
        ofB += b[at]! ** 2;
      }
      if (ofA > 0 && ofB > 0) cosines.push(both / Math.sqrt(ofA * ofB));
    }
    return cosines;
  });
}

function cosinesIn(cosines: readonly number[]): Cosines {
  return {
    median: orNull(medianOf(cosines)),
    mean: orNull(cosines.reduce((all, one) => all + one, 0) / cosines.length),
    medianAbsolute: orNull(medianOf(cosines.map(Math.abs))),
  };
}

/** The middle one, or the mean of the two; NaN of none. */
function medianOf(values: readonly number[]): number {
  const rising = Float64Array.from(values).sort();
  const middle = (rising.length - 1) / 2;
  return (rising[Math.floor(middle)]! + rising[Math.ceil(middle)]!) / 2;
}
