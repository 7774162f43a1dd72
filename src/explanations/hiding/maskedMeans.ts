import {
  add,
  cast,
  div,
  fill,
  greater,
  matMul,
  maximum,
  mean,
  mul,
  onesLike,
  reshape,
  sqrt,
  square,
  sub,
  sum,
  where,
} from '@tensorflow/tfjs-core';
import type { Tensor, Tensor2D } from '@tensorflow/tfjs-core';
import type { Inputs } from '../../model/inputs';
import { checkEach } from '../inputs/checkEach';
import type { Opened } from '../calls/method';
import { gathered } from '../passes/passes';
import type { Estimate, Known } from '../passes/passes';
import { mapTensors } from '../inputs/structure';

/** What some passes give: a number for each sample, and how much it counts in each cell of the maps. */
export interface Weighed {
  /** The inputs to be scored, copies of all samples one after the other. */
  readonly copies: Inputs;
  /** Of each map, `[count, cells]`. */
  readonly weights: readonly Tensor2D[];
}

/** What is known of a map: sums over passes, of weights and of weighed distances from a number near all. */
export interface Sums {
  /** `Σ m`, `[cells]`. */
  readonly weight: Tensor;
  /** `Σ m²`, `[cells]`. */
  readonly squares: Tensor;
  /** `Σ m d`, `[batch, cells]`. */
  readonly first: Tensor;
  /** `Σ m² d`, `[batch, cells]`. */
  readonly firstOfSquares: Tensor;
  /** `Σ m² d²`, `[batch, cells]`. */
  readonly second: Tensor;
  /** The mean distance so far, `Σ m d / Σ m`, `[batch, cells]`. */
  readonly apart: Tensor;
}

/** The square of a standard error, `[batch, cells]`, and the cells in which it is known, bool `[cells]`. */
export interface Variance {
  readonly squared: Tensor;
  readonly isKnown: Tensor;
}

/** How maps of means are made of passes. */
export interface MaskedMeans {
  readonly total: number;
  /** The shape of each map after its batch. */
  readonly shapes: readonly (readonly number[])[];
  /** The masks of some passes. */
  readonly pass: (first: number, count: number) => Weighed;
  /** What the numbers of some passes say, `[count, batch]`; left out, themselves. */
  readonly say?: (scores: Tensor) => Tensor;
  /** The standard error of the `i`-th map. */
  readonly errorOf: (sums: Sums, done: number, i: number) => Variance;
}

/**
 * The mean score of masked inputs, cell by cell: `Σ m S / Σ m`; 0 in a cell that has counted in none yet.
 *
 * Scores are taken from their mean over the first passes, so that no two large sums are subtracted.
 */
export function maskedMeans(
  { explainer, x, look, control }: Pick<Opened<object>, 'explainer' | 'x' | 'look' | 'control'>,
  { total, shapes, pass, say = (scores) => scores, errorOf }: MaskedMeans,
): AsyncGenerator<Estimate<Inputs>> {
  checkEach(look.value, x);
  const batch = look.value.size;
  return gathered(total, control, {
    takeIn: (first, count, known) => {
      const { copies, weights } = pass(first, count);
      const said = say(reshape(explainer.score(copies), [count, batch]));
      return weights.map((weight, i) => takeIn(known[i], said, weight));
    },
    estimate: (known, done) => {
      const found = known.map((each, i) => estimate(each, (sums) => errorOf(sums, done, i)));
      const part = (name: 'map' | 'standardError') =>
        mapTensors(x, (_, i) =>
          reshape((found[i] as (typeof found)[0])[name], [batch, ...(shapes[i] ?? [])]),
        );
      return { map: part('map'), standardError: part('standardError') };
    },
  });
}

/** The middle, `[1, batch]`, and the sums after some more passes. */
function takeIn(known: Known[number] | undefined, scores: Tensor, weight: Tensor2D): Known[number] {
  const middle = known?.[0] ?? mean(scores, 0, true);
  const apart = sub<Tensor2D>(scores, middle);
  const squares = square(weight);
  const sums = [
    sum(weight, 0),
    sum(squares, 0),
    matMul(apart, weight, true),
    matMul(apart, squares, true),
    matMul(square(apart), squares, true),
  ];
  return [middle, ...(known ? sums.map((more, i) => add(more, known[i + 1] as Tensor)) : sums)];
}

function estimate(
  known: Known[number],
  errorOf: (sums: Sums) => Variance,
): { map: Tensor; standardError: Tensor } {
  const [middle, weight, squares, first, firstOfSquares, second] = known as unknown as SixTensors;
  const isSeen = greater(weight, 0);
  const apart = div(first, where(isSeen, weight, onesLike(weight)));
  const map = mul(add(reshape(middle, [-1, 1]), apart), cast(isSeen, 'float32'));
  const { squared, isKnown } = errorOf({ weight, squares, first, firstOfSquares, second, apart });
  const standardError = sqrt(maximum(squared, 0));
  return { map, standardError: where(isKnown, standardError, fill(standardError.shape, NaN)) };
}

type SixTensors = readonly [Tensor, Tensor, Tensor, Tensor, Tensor, Tensor];
