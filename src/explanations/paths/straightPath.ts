import { add, concat, keep, mul, reshape, sub, tensor3d } from '@tensorflow/tfjs-core';
import type { Tensor, Tensor3D } from '@tensorflow/tfjs-core';
import type { Inputs } from '../../model/inputs';
import { tidied } from '../../tensors/tidied';
import { copiesOf, samplesIn } from '../inputs/copies';
import type { Explainer } from '../explainer/explainer';
import { sampled } from '../passes/passes';
import type { Estimate, PassControl } from '../passes/passes';
import { spreadOut } from './quadrature';
import type { Points } from './quadrature';
import { mapTensors, tensorsIn } from '../inputs/structure';

/** The straight ways from some baselines to an input. */
export interface Ways {
  readonly x: Inputs;
  /** How many baselines there are. */
  readonly starts: number;
  /** A baseline of the `i`-th tensor of the input, by its number, `[1, batch or 1, cells]`. */
  readonly startOf: (start: number, i: number) => Tensor3D;
}

/** Where the ways of some points begin, and how far it is from there, `[points or 1, batch or 1, cells]`. */
export interface Way {
  readonly from: Tensor;
  readonly apart: Tensor;
}

/** A point on one of the ways. */
export interface WayPoint {
  /** The number of its baseline. */
  readonly start: number;
  /** How far: 0 at the baseline, 1 at the input. */
  readonly alpha: number;
}

/**
 * The gradient's integral along each way, averaged over them: a pass at each point.
 *
 * @param isBare Whether the gradients are left alone, rather than taken times the whole way.
 */
export async function* integral(
  explainer: Explainer,
  ways: Ways,
  { points, weights }: Points,
  control: PassControl,
  isBare: boolean,
): AsyncGenerator<Estimate<Inputs>> {
  const all = spreadOut(points.length).flatMap((nth) =>
    Array.from({ length: ways.starts }, (_, start) => ({
      start,
      alpha: points[nth] as number,
      // of a mean over all points
      weight: points.length * (weights[nth] as number),
    })),
  );
  // where all points have one way, it is worked out once
  const only = ways.starts === 1 ? tidied(() => waysTo(ways, all.slice(0, 1)).map(kept)) : undefined;
  try {
    yield* sampled(all.length, control, (first, count) => {
      const some = all.slice(first, first + count);
      const theirs = only ?? waysTo(ways, some);
      const { map } = explainer.explain(atPoints(ways.x, theirs, some));
      const factors = tensor3d(some.map(({ weight }) => [[weight]]));
      return isBare
        ? mapTensors(map, (dx) => reshape(mul(reshape(dx, [count, 1, -1]), factors), dx.shape))
        : timesWays(map, theirs, count, factors);
    });
  } finally {
    for (const { from, apart } of only ?? []) for (const one of [from, apart]) one.dispose();
  }
}

/** The ways on which some points lie, for each tensor of the input. */
export function waysTo({ x, startOf }: Ways, points: readonly WayPoint[]): Way[] {
  return tensorsIn(x).map((one, i) => {
    const from = startsOf(startOf, points, i);
    return { from, apart: sub(samplesIn(one), from) };
  });
}

/** The input at points of its ways, one copy of all samples after the other. */
export function atPoints(x: Inputs, ways: readonly Way[], points: readonly WayPoint[]): Inputs {
  const alphas = tensor3d(points.map(({ alpha }) => [[alpha]]));
  return copiesOf(x, (_, i) => {
    const { from, apart } = ways[i] as Way;
    return add(from, mul(alphas, apart));
  });
}

/**
 * Gradients at points of the ways, each times the whole way from its baseline.
 *
 * @param count How many points.
 * @param factors `[points, 1, 1]`, what each counts; left out, 1.
 */
export function timesWays(
  gradients: Inputs,
  ways: readonly Way[],
  count: number,
  factors?: Tensor3D,
): Inputs {
  return mapTensors(gradients, (dx, i) => {
    const { apart } = ways[i] as Way;
    const each = reshape(dx, [count, apart.shape[1] as number, -1]);
    return reshape(mul(each, factors ? mul(apart, factors) : apart), dx.shape);
  });
}

function kept({ from, apart }: Way): Way {
  return { from: keep(from), apart: keep(apart) };
}

/** The baseline of each point, `[points or 1, batch or 1, cells]`. */
function startsOf(startOf: Ways['startOf'], points: readonly WayPoint[], i: number): Tensor {
  const numbers = [...new Set(points.map(({ start }) => start))];
  const made = new Map(numbers.map((start) => [start, startOf(start, i)]));
  if (numbers.length === 1) return made.get(numbers[0] as number) as Tensor;
  return concat(
    points.map(({ start }) => made.get(start) as Tensor3D),
    0,
  );
}
