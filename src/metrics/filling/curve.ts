import { add, keep, mul, reshape, sub, tensor } from '@tensorflow/tfjs-core';
import type { Tensor } from '@tensorflow/tfjs-core';
import { ours } from '../../errors/door';
import { checkChoice, checkCount } from '../../explanations/explainer/optionValues';
import { spacesOf } from '../../explanations/inputs/inputSpace';
import { jsonOf } from '../../explanations/calls/json';
import type { Json } from '../../explanations/calls/json';
import type { ExplanationRecord } from '../../explanations/calls/record';
import { tensorsIn } from '../../explanations/inputs/structure';
import type { Inputs } from '../../model/inputs';
import type { Model } from '../../model/networkOf';
import type { Score } from '../../targets/target';
import { tidied } from '../../tensors/tidied';
import { inSize } from '../measuring/edges';
import { inCellsOf } from '../measuring/sampleMap';
import type { SampleMap } from '../measuring/sampleMap';
import { scoresOf } from '../measuring/scores';
import type { Scored } from '../measuring/scores';
import { checkOneInput, measured, subjectOf } from '../measuring/subject';
import type { MetricControl } from '../measuring/subject';
import { pooled } from '../similarities/pooled';
import { checkFill, fillFor } from './fill';
import type { Fill } from './fill';
import { IMPUTATION_NOISE, imputerOf } from './noisyLinear';

/** Options of `insertion` and `deletion`; those of the method are taken beside them. */
export interface CurveOptions extends MetricControl {
  /** What stands where cells are taken away. Left out: the mean to delete, the blurred photo to insert
   * into; where there is no space to blur along, the mean. */
  fill?: Fill;
  /**
   * In how many steps all cells are changed.
   *
   * @default 32
   */
  steps?: number;
  /**
   * What the curve is of: the probability of the class, or its score before the softmax. The map is made by
   * the method's own `score`.
   *
   * @default 'probability'
   */
  curve?: Score;
  /**
   * Where the random numbers of the fill `'noisyLinear'` begin, a whole number from 0 on.
   *
   * @default 0
   */
  seed?: number;
}

/** How the score of a class goes as cells are changed in the order of a map. */
export interface ScoreCurve {
  readonly metric: 'insertion' | 'deletion';
  /** The metric's own, with what was left out. */
  readonly options: { readonly [name: string]: Json };
  /** How the map was made. */
  readonly record: ExplanationRecord;
  /** How many cells are changed at each point, from none to all. */
  readonly cells: readonly number[];
  /** One for each sample. */
  readonly samples: readonly {
    /** The score at each point. */
    readonly curve: readonly number[];
    /** The area under it by trapezoids, the cells as 0...1. */
    readonly area: number;
  }[];
}

/** The curve of a metric, by its name. */
export async function scoreCurve(
  metric: ScoreCurve['metric'],
  method: unknown,
  model: Model,
  x: Inputs,
  options: object,
): Promise<ScoreCurve> {
  const subject = subjectOf<CurveOptions>(method, options, ['fill', 'steps', 'curve', 'seed']);
  const { steps = 32, curve = 'probability', seed = 0 } = subject.own;
  const { control } = subject;
  checkCount('steps', steps);
  checkChoice('curve', curve, ['probability', 'logit']);
  checkCount('seed', seed, 0);
  checkOneInput(x, model);
  control.signal?.throwIfAborted();
  const { maps, record, fixed } = await measured(subject, model, x);
  const one = tensorsIn(x)[0]!;
  const { fill = metric === 'deletion' || one.rank < 3 ? 'mean' : 'blur' } = subject.own;
  checkFill(fill, one);
  const { sizes } = spacesOf(model, x)[0]!;
  const order = await Promise.all(maps.map((map) => fallingOrder(map, one, sizes)));
  const size = order[0]!.length;
  const cells = Array.from({ length: steps + 1 }, (_, k) => Math.round((k * size) / steps));

  const asked: Scored = { ...(fixed as Scored), curve };
  const copies = await copiesOf(one, fill, metric, order, seed, control.signal);
  const scores = await scoresOf(model, x, asked, cells.length, control, (first, count) =>
    copies(cells.slice(first, first + count)),
  );
  const ofFill = fill === 'noisyLinear' ? { seed } : {};
  return {
    metric,
    options: jsonOf({ fill, steps, curve, ...ofFill }) as ScoreCurve['options'],
    record,
    cells,
    samples: scores.map((values) => ({ curve: values, area: areaUnder(values, cells) })),
  };
}

/** Gives a copy of all samples for each number of cells that is changed; whoever gets them disposes them. */
async function copiesOf(
  x: Tensor,
  fill: Fill,
  metric: ScoreCurve['metric'],
  order: readonly Uint32Array[],
  seed: number,
  signal: AbortSignal | undefined,
): Promise<(counts: readonly number[]) => Tensor | Promise<Tensor>> {
  if (fill !== 'noisyLinear')
    return (counts) => tidied(() => keep(copiesWith(x, fill, metric, order, counts)));
  const impute = await imputerOf(x, IMPUTATION_NOISE, seed, signal);
  return (counts) =>
    impute(
      counts.map((count) =>
        order.map((cells) =>
          cellsIn(cells.length, metric === 'deletion' ? cells.subarray(0, count) : cells.subarray(count)),
        ),
      ),
    );
}

/** The cells of a map from the largest magnitude down, NaN last; those of the same keep their order. */
export async function fallingOrder(
  given: SampleMap,
  x: Tensor,
  space: readonly number[],
): Promise<Uint32Array> {
  const map = inCellsOf(x, given);
  const isSame = map.space.join() === space.join();
  if (!isSame && !(map.space.length === 2 && space.length === 2)) {
    throw ours(
      new RangeError(
        `expected a map of the cells of x, [${space.join(', ')}], got one of [${map.space.join(', ')}]`,
      ),
    );
  }
  const { values, channels } = isSame ? map : await inSize(map, space);
  const magnitudes = pooled(values, channels).map((value) => (value >= 0 ? value : -1));
  return Uint32Array.from({ length: magnitudes.length }, (_, i) => i).sort(
    (i, j) => magnitudes[j]! - magnitudes[i]! || i - j,
  );
}

/** By cell: 1 where it is one of these. */
export function cellsIn(size: number, cells: Uint32Array): Uint8Array {
  const isIn = new Uint8Array(size);
  for (const cell of cells) isIn[cell] = 1;
  return isIn;
}

/** A copy of all samples for each number of cells, with so many of them changed; call it inside `tidy`. */
function copiesWith(
  x: Tensor,
  fill: Exclude<Fill, 'noisyLinear'>,
  metric: ScoreCurve['metric'],
  order: readonly Uint32Array[],
  counts: readonly number[],
): Tensor {
  const size = order[0]!.length;
  const shown = new Float32Array(counts.length * order.length * size).fill(metric === 'deletion' ? 1 : 0);
  counts.forEach((count, k) => {
    order.forEach((cells, i) => {
      const first = (k * order.length + i) * size;
      for (const cell of cells.subarray(0, count)) shown[first + cell] = metric === 'deletion' ? 0 : 1;
    });
  });
  const byCell = (values: Tensor) => reshape(values, [1, order.length, size, -1]);
  const mask = tensor(shown, [counts.length, order.length, size, 1]);
  const copies = add(mul(byCell(x), mask), mul(byCell(fillFor(x, fill)), sub(1, mask)));
  return reshape(copies, [counts.length * order.length, ...x.shape.slice(1)]);
}

/** The area under a curve by trapezoids, over how far it goes. */
export function areaUnder(values: readonly number[], cells: readonly number[]): number {
  const all = cells[cells.length - 1]!;
  return values.reduce((sum, value, i) => {
    if (i === 0) return 0;
    return sum + (((value + values[i - 1]!) / 2) * (cells[i]! - cells[i - 1]!)) / all;
  }, 0);
}
