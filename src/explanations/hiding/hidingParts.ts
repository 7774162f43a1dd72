import {
  div,
  greater,
  greaterEqual,
  logicalOr,
  maximum,
  mul,
  square,
  sub,
  tensor1d,
  tensor2d,
} from '@tensorflow/tfjs-core';
import type { Tensor, Tensor2D } from '@tensorflow/tfjs-core';
import type { Inputs } from '../../model/inputs';
import type { HiddenParts } from './hiddenParts';
import type { InputSpace } from '../inputs/inputSpace';
import { cellsIn, maskedCopies, spacesOf } from '../inputs/inputSpace';
import { maskedMeans } from './maskedMeans';
import type { Sums, Variance } from './maskedMeans';
import type { Opened } from '../calls/method';
import type { Estimate } from '../passes/passes';
import { spreadOut } from '../paths/quadrature';

/**
 * How much the score drops where a part is hidden, the mean of the parts that are for a cell: a pass a part,
 * in an order that is spread over all of them.
 *
 * @param parts Of each tensor of the input, which is hidden alone.
 * @param behind What comes in the place of what is hidden.
 */
export function hidingParts(
  opened: Pick<Opened<object>, 'explainer' | 'model' | 'x' | 'look' | 'from' | 'control'>,
  parts: readonly HiddenParts[],
  behind: (i: number) => number | Tensor,
): AsyncGenerator<Estimate<Inputs>> {
  const { model, x, look, from } = opened;
  const spaces = spacesOf(model, x, from);
  const all = parts.flatMap(({ total }, i) => Array.from({ length: total }, (_, part) => ({ i, part })));
  const order = spreadOut(all.length);
  const pass = (first: number, count: number) => {
    const some = order.slice(first, first + count).map((nth) => all[nth] as (typeof all)[0]);
    const rowsOf = (i: number, cells: number, write: HiddenParts['hide']): Tensor2D => {
      const rows = new Float32Array(count * cells);
      some.forEach((one, k) => {
        if (one.i === i) write(one.part, rows.subarray(k * cells, (k + 1) * cells));
      });
      return tensor2d(rows, [count, cells]);
    };
    const hidden = parts.map(({ hide }, i) => rowsOf(i, cellsIn((spaces[i] as InputSpace).sizes), hide));
    const weights = parts.map(({ hide, mark, times }, i) =>
      mark === hide ? (hidden[i] as Tensor2D) : rowsOf(i, times.length, mark),
    );
    return {
      copies: maskedCopies(
        x,
        spaces,
        hidden.map((rows) => sub(1, rows)),
        behind,
      ),
      weights,
    };
  };
  return maskedMeans(opened, {
    total: all.length,
    shapes: parts.map(({ shape }) => shape),
    pass,
    say: (scores) => sub(look.value, scores),
    errorOf: (sums, _done, i) => errorOf(sums, (parts[i] as HiddenParts).times),
  });
}

/** Of a mean of some of a number of values: `s² / n · (1 − n / N)`; known when two have come, or all. */
function errorOf({ weight, second, apart }: Sums, times: Float32Array): Variance {
  const all = tensor1d(times);
  const spread = sub(second, mul(weight, square(apart)));
  const ofOne = div(spread, mul(maximum(sub(weight, 1), 1), maximum(weight, 1)));
  return {
    squared: mul(ofOne, sub(1, div(weight, all))),
    isKnown: logicalOr(greaterEqual(weight, all), greater(weight, 1)),
  };
}
