import { add, mul, reshape, sub, tensor } from '@tensorflow/tfjs-core';
import type { Tensor } from '@tensorflow/tfjs-core';
import { ours } from '../../errors/door';
import { checkChoice, checkCount } from '../../explanations/optionValues';
import { openExplainer } from '../../explanations/explainer';
import { spacesOf } from '../../explanations/inputSpace';
import { jsonOf } from '../../explanations/json';
import type { Json } from '../../explanations/json';
import { turns } from '../../explanations/passes';
import { cellsOf } from '../../explanations/readBack';
import type { ExplanationRecord } from '../../explanations/record';
import { tensorsIn } from '../../explanations/structure';
import type { Inputs } from '../../model/inputs';
import { isGraphModel, isLayersModel } from '../../model/modelKinds';
import type { Model } from '../../model/networkOf';
import { prepare } from '../../model/programs/prepare';
import type { Score, Target } from '../../targets/target';
import { tidied } from '../../tensors/tidied';
import { inSize } from '../measuring/edges';
import type { SampleMap } from '../measuring/sampleMap';
import { checkOneInput, measured, subjectOf } from '../measuring/subject';
import type { MetricControl } from '../measuring/subject';
import { pooled } from '../similarities/pooled';
import { checkFill, fillFor } from './fill';
import type { Fill } from './fill';

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
  const subject = subjectOf<CurveOptions>(method, options, ['fill', 'steps', 'curve']);
  const { steps = 32, curve = 'probability' } = subject.own;
  const { control } = subject;
  checkCount('steps', steps);
  checkChoice('curve', curve, ['probability', 'logit']);
  checkOneInput(x, model);
  control.signal?.throwIfAborted();
  const { maps, record, fixed } = await measured(subject, model, x);
  const one = tensorsIn(x)[0]!;
  const { fill = metric === 'deletion' || one.rank < 3 ? 'mean' : 'blur' } = subject.own;
  checkFill(fill, one);
  const { sizes } = spacesOf(model, x)[0]!;
  const order = await Promise.all(maps.map((map) => fallingOrder(map, sizes)));
  const size = order[0]!.length;
  const cells = Array.from({ length: steps + 1 }, (_, k) => Math.round((k * size) / steps));

  const prepared = isLayersModel(model) || isGraphModel(model) ? prepare(model) : undefined;
  const { target, batchSize, from } = fixed as { target?: Target; batchSize?: number; from?: string };
  const scores: number[][] = order.map(() => []);
  try {
    const asked = { target, score: curve, ...(from === undefined ? {} : { from }) };
    const explainer = openExplainer(prepared ?? model, asked);
    try {
      explainer.score(x).dispose(); // how many there are is known from the first
      const atOnce = explainer.passesAtOnce(x, batchSize);
      for await (const { first, count } of turns(cells.length, {
        atOnce,
        isFree: batchSize === undefined,
        ...control,
      })) {
        const found = tidied(() => {
          const shown = copiesWith(one, fill, metric, order, cells.slice(first, first + count));
          return explainer.score(Array.isArray(x) ? [shown] : shown);
        });
        try {
          const values = await cellsOf(found);
          values.forEach((value, i) => scores[i % order.length]!.push(value));
        } finally {
          found.dispose();
        }
      }
    } finally {
      explainer.close();
    }
  } finally {
    prepared?.dispose();
  }
  return {
    metric,
    options: jsonOf({ fill, steps, curve }) as ScoreCurve['options'],
    record,
    cells,
    samples: scores.map((values) => ({ curve: values, area: areaUnder(values, cells) })),
  };
}

/** The cells of a map from the largest magnitude down; those of the same keep their order. */
async function fallingOrder(map: SampleMap, space: readonly number[]): Promise<Uint32Array> {
  const isSame = map.space.join() === space.join();
  if (!isSame && !(map.space.length === 2 && space.length === 2)) {
    throw ours(
      new RangeError(
        `expected a map of the cells of x, [${space.join(', ')}], got one of [${map.space.join(', ')}]`,
      ),
    );
  }
  const { values, channels } = isSame ? map : await inSize(map, space);
  const magnitudes = pooled(values, channels);
  return Uint32Array.from({ length: magnitudes.length }, (_, i) => i).sort(
    (i, j) => magnitudes[j]! - magnitudes[i]! || i - j,
  );
}

/** A copy of all samples for each number of cells, with so many of them changed; call it inside `tidy`. */
function copiesWith(
  x: Tensor,
  fill: Fill,
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

function areaUnder(values: readonly number[], cells: readonly number[]): number {
  const all = cells[cells.length - 1]!;
  return values.reduce((sum, value, i) => {
    if (i === 0) return 0;
    return sum + (((value + values[i - 1]!) / 2) * (cells[i]! - cells[i - 1]!)) / all;
  }, 0);
}
