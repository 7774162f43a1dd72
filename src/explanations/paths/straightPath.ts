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
  /** Of the only baseline what every point needs, for each tensor of the input, where that is kept. */
  readonly only?: readonly Way[];
}

/** Where the ways of some points begin, and how far it is from there, `[points or 1, batch or 1, cells]`. */
interface Way {
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
  const only = ways.starts === 1 ? tidied(() => keptWays(ways)) : undefined;
  const known = only ? { ...ways, only } : ways;
  try {
    yield* sampled(all.length, control, (first, count) => {
      const some = all.slice(first, first + count);
      const { map } = explainer.explain(atPoints(known, some));
      const factors = tensor3d(some.map(({ weight }) => [[weight]]));
      return isBare
        ? mapTensors(map, (dx) => reshape(mul(reshape(dx, [count, 1, -1]), factors), dx.shape))
        : timesWays(map, known, some, factors);
    });
  } finally {
    for (const { from, apart } of only ?? []) for (const one of [from, apart]) one.dispose();
  }
}

/** The input at points of its ways, one copy of all samples after the other. */
export function atPoints(ways: Ways, points: readonly WayPoint[]): Inputs {
  const alphas = tensor3d(points.map(({ alpha }) => [[alpha]]));
  return copiesOf(ways.x, (samples, i) => {
    const { from, apart } = wayOf(ways, points, samples, i);
    return add(from, mul(alphas, apart));
  });
}

/**
 * Gradients at points of the ways, each times the whole way from its baseline.
 *
 * @param factors `[points, 1, 1]`, what each counts.
 */
export function timesWays(
  gradients: Inputs,
  ways: Ways,
  points: readonly WayPoint[],
  factors: Tensor3D | number,
): Inputs {
  const counted = tensorsIn(ways.x).map((one, i) =>
    mul(wayOf(ways, points, samplesIn(one), i).apart, factors),
  );
  const batch = counted.map((way) => way.shape[1] as number);
  return mapTensors(gradients, (dx, i) => {
    const each = reshape(dx, [points.length, batch[i] as number, -1]);
    return reshape(mul(each, counted[i] as Tensor), dx.shape);
  });
}

/** The ways from the only baseline, to be let go. */
function keptWays(ways: Ways): Way[] {
  return tensorsIn(ways.x).map((one, i) => {
    const { from, apart } = wayOf(ways, [{ start: 0, alpha: 0 }], samplesIn(one), i);
    return { from: keep(from), apart: keep(apart) };
  });
}

function wayOf({ startOf, only }: Ways, points: readonly WayPoint[], samples: Tensor3D, i: number): Way {
  if (only) return only[i] as Way;
  const from = startsOf(startOf, points, i);
  return { from, apart: sub(samples, from) };
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
