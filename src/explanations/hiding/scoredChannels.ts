import {
  add,
  div,
  exp,
  fill,
  greater,
  logicalOr,
  max,
  maximum,
  mul,
  reshape,
  slice,
  sqrt,
  square,
  sub,
  sum,
  transpose,
  where,
} from '@tensorflow/tfjs-core';
import type { Rank, Tensor, Tensor3D } from '@tensorflow/tfjs-core';
import { checkEach } from '../inputs/checkEach';
import { maskedCopies, spacesOf } from '../inputs/inputSpace';
import type { Opened } from '../calls/method';
import { gathered } from '../passes/passes';
import type { Estimate } from '../passes/passes';

/** Of how many channels of the same weight what has come must be worth, for its spread to say anything. */
const LEAST = 1.5;

/** The channels of a layer, in the order in which they are scored. */
export interface Channels {
  /** `[batch, channels, cells]`. */
  readonly values: Tensor3D;
  /** Their mean, `[batch, 1, cells]`. */
  readonly middle: Tensor3D;
  /** The shape of a map after its batch. */
  readonly space: readonly number[];
  /** Masks of some of them, `[count, batch, cells]`, for each tensor of the input. */
  readonly masksOf: (channels: Tensor) => Tensor[];
}

/**
 * The mean of a layer's channels, each weighed by the exponential of the score of the input under its mask: a
 * pass a channel.
 *
 * Exponentials are of scores less the highest so far, and channels less their mean, so that nothing
 * overflows and no two large sums are subtracted.
 */
export function scoredChannels(
  { explainer, model, x, look, from, control }: Opened<object>,
  { values, middle, space, masksOf }: Channels,
  finish: (map: Tensor) => Tensor,
): AsyncGenerator<Estimate<Tensor>> {
  checkEach(look.value, x);
  const [batch, total, cells] = values.shape;
  const spaces = spacesOf(model, x, from);
  const some = (first: number, count: number) => slice(values, [0, first, 0], [batch, count, cells]);
  return gathered(total, control, {
    takeIn: (first, count, [known]) => {
      const channels = some(first, count);
      const masks = masksOf(transpose(channels, [1, 0, 2]));
      const scored = reshape(explainer.score(maskedCopies(x, spaces, masks)), [count, batch]);
      const scores = reshape<Rank.R3>(transpose(scored), [batch, 1, count]);
      return [takeIn(known, scores, sub<Tensor3D>(channels, middle))];
    },
    estimate: ([known], done) => {
      const [, weight, squares, first, firstOfSquares, second] = known as unknown as Six;
      const apart = div(first, weight);
      const around = add(sub(second, mul(mul(firstOfSquares, apart), 2)), mul(squares, square(apart)));
      const left = (done / Math.max(1, done - 1)) * (1 - done / total);
      const error = sqrt(maximum(mul(div(around, square(weight)), left), 0));
      // one that has nearly all the weight says nothing of the others
      const isKnown = logicalOr(greater(div(square(weight), squares), LEAST), done === total);
      const inSpace = (rows: Tensor) => reshape(rows, [batch, ...space]);
      return {
        map: finish(inSpace(add(middle, apart))),
        standardError: inSpace(where(isKnown, error, fill(error.shape, NaN))),
      };
    },
  }) as AsyncGenerator<Estimate<Tensor>>;
}

type Six = readonly [Tensor, Tensor, Tensor, Tensor, Tensor, Tensor];

/** The highest score, and the sums after some more passes: of weights, their squares, and what they weigh. */
function takeIn(known: readonly Tensor[] | undefined, scores: Tensor3D, apart: Tensor3D): readonly Tensor[] {
  const here = max(scores, 2, true);
  const highest = known ? maximum(known[0] as Tensor, here) : here;
  const weights = exp(sub<Tensor3D>(scores, highest));
  const squares = square(weights);
  const sums: Tensor[] = [
    sum(weights, 2, true),
    sum(squares, 2, true),
    weighed(weights, apart),
    weighed(squares, apart),
    weighed(squares, square(apart)),
  ];
  if (!known) return [highest, ...sums];
  const once = exp(sub(known[0] as Tensor, highest));
  const shrunk = [once, square(once), once, square(once), square(once)] as const;
  return [highest, ...sums.map((more, i) => add(mul(known[i + 1] as Tensor, shrunk[i] as Tensor), more))];
}

/**
 * Values `[batch, count, cells]` weighed and added up. No product of matrices: on webgl that reads what
 * `exp` and `sub` leave beside an odd number of values, too.
 */
function weighed(weights: Tensor, values: Tensor): Tensor {
  return sum(mul(transpose(weights, [0, 2, 1]), values), 1, true);
}
