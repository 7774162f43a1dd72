import { spacesOf } from '../explanations/inputs/inputSpace';
import { jsonOf } from '../explanations/calls/json';
import type { Json } from '../explanations/calls/json';
import { checkChoice, checkCount } from '../explanations/explainer/optionValues';
import { checkNumber } from '../errors/checkNumber';
import type { ExplanationRecord } from '../explanations/calls/record';
import { tensorsIn } from '../explanations/inputs/structure';
import type { Inputs } from '../model/inputs';
import type { Model } from '../model/networkOf';
import type { Score } from '../targets/target';
import { areaUnder, cellsIn, fallingOrder } from './filling/curve';
import { checkImages } from './filling/fill';
import { imputerOf } from './filling/noisyLinear';
import { metricDoor } from './measuring/metricDoor';
import type { MetricMethod, MetricOptions } from './measuring/metricMethod';
import { scoresOf } from './measuring/scores';
import type { Scored } from './measuring/scores';
import { checkOneInput, measured, subjectOf } from './measuring/subject';
import type { MetricControl } from './measuring/subject';

/** Options of `road`; those of the method are taken beside them. */
export interface RoadOptions extends MetricControl {
  /**
   * In how many steps cells would all be taken away; the last one is left out, as nothing would be left to
   * fill them in from.
   *
   * @default 10
   */
  steps?: number;
  /**
   * What the curves are of: the probability of the class, or its score before the softmax. The map is made by
   * the method's own `score`.
   *
   * @default 'probability'
   */
  curve?: Score;
  /**
   * The standard deviation of the noise in what is filled in, as a share of the range of the sample.
   *
   * @default 0.01
   */
  imputationNoise?: number;
  /**
   * Where the random numbers begin, a whole number from 0 on: a seed gives the same noise on every backend.
   *
   * @default 0
   */
  seed?: number;
}

/** How the score of a class goes as cells are taken away from either end of a map's order. */
export interface Road {
  readonly metric: 'road';
  /** The metric's own, with what was left out. */
  readonly options: { readonly [name: string]: Json };
  /** How the map was made. */
  readonly record: ExplanationRecord;
  /** How many cells are taken away at each point. */
  readonly cells: readonly number[];
  /** One for each sample. */
  readonly samples: readonly {
    /** The largest first: falls quickly where the map found what the score hangs on. */
    readonly mostFirst: RoadCurve;
    /** The smallest first: stays where what the map calls small is. */
    readonly leastFirst: RoadCurve;
  }[];
}

/** One of the curves. */
export interface RoadCurve {
  /** The score at each point. */
  readonly curve: readonly number[];
  /** The area under it by trapezoids, as far as it goes as 0...1: its mean height. */
  readonly area: number;
}

/**
 * ROAD, remove and debias: how the score of a class goes as cells are taken away in the order of a map, and
 * filled in from their neighbours so that it does not show where.
 *
 * `curve(k) = S(x with the k cells of the largest |m| imputed)`, and the same with the smallest; a missing
 * cell is the mean of its eight neighbours, straight ones 1/6, diagonal ones 1/12, solved for all at once,
 * with normal noise; a cell whose number is NaN counts the least.
 *
 * A map that found what the score hangs on has a small area `mostFirst` and a large one `leastFirst`. Rong et
 * al. average over a data set: of one photo take it as an example. They give accuracy, this the score.
 *
 * What is disputed: the fill decides much. They find that results under other fills are strongly affected
 * by what the shape of the removed pixels gives away, and that under this one evaluations agree more. Song
 * et al. find that such benchmarks prefer blurry maps, this one too. The model was not trained on what is
 * filled in.
 *
 * @param method A method, e.g. `guidedBackprop`; a map of another size is resized to the image, as
 *   `resizeMap` does.
 * @param model As the method takes it.
 * @param x As the method takes it, one tensor of images; channels last.
 * @returns A promise of JSON: both curves, with the area under each, for each sample.
 * @throws TypeError if an option is unknown; RangeError if one is out of range, or `x` holds no images; Error
 *   if the model makes no probabilities for the curve; otherwise as the method. The reason of `signal`. The
 *   promise is rejected, and no tensor is left.
 * @see Rong et al. 2022 — https://arxiv.org/abs/2202.00449
 * @see Song et al. 2023, on blurry maps — https://arxiv.org/abs/2304.13836
 * @example
 * ```ts
 * const { samples } = await road(guidedBackprop, model, image, { target: 281, steps: 4 });
 * console.log(samples[0]?.mostFirst.area, samples[0]?.leastFirst.area);
 * ```
 */
export function road<O extends object>(
  method: MetricMethod<O>,
  model: Model,
  x: Inputs,
  options: MetricOptions<O, RoadOptions> = {} as never,
): Promise<Road> {
  return metricDoor('road', x, async () => {
    const subject = subjectOf<RoadOptions>(method, options, ['steps', 'curve', 'imputationNoise', 'seed']);
    const { steps = 10, curve = 'probability', imputationNoise = 0.01, seed = 0 } = subject.own;
    checkCount('steps', steps, 2);
    checkChoice('curve', curve, ['probability', 'logit']);
    checkNumber(imputationNoise, 'imputationNoise to be a number from 0 on', (n) => n >= 0 && n < Infinity);
    checkCount('seed', seed, 0);
    checkOneInput(x, model);
    subject.control.signal?.throwIfAborted();
    const { maps, record, fixed } = await measured(subject, model, x);
    const one = tensorsIn(x)[0]!;
    checkImages(one, 'for other inputs there is deletion');
    const { sizes } = spacesOf(model, x)[0]!;
    const order = await Promise.all(maps.map((map) => fallingOrder(map, one, sizes)));
    const size = order[0]!.length;
    const cells = Array.from({ length: steps }, (_, k) => Math.round((k * size) / steps));
    const impute = await imputerOf(one, imputationNoise, seed, subject.control.signal);
    // the input as it is, then each number of cells of the largest, then of the smallest
    const missing = (copy: number) => {
      const count = copy < steps ? cells[copy]! : cells[copy - steps + 1]!;
      return order.map((falling) =>
        cellsIn(size, copy < steps ? falling.subarray(0, count) : falling.subarray(size - count)),
      );
    };
    const scores = await scoresOf(
      model,
      x,
      { ...(fixed as Scored), curve },
      2 * steps - 1,
      subject.control,
      (first, count) => impute(Array.from({ length: count }, (_, i) => missing(first + i))),
    );
    const curveOf = (values: readonly number[]): RoadCurve => ({
      curve: values,
      area: areaUnder(values, cells),
    });
    return {
      metric: 'road',
      options: jsonOf({ steps, curve, imputationNoise, seed }) as Road['options'],
      record,
      cells,
      samples: scores.map((values) => ({
        mostFirst: curveOf(values.slice(0, steps)),
        leastFirst: curveOf([values[0]!, ...values.slice(steps)]),
      })),
    };
  });
}
