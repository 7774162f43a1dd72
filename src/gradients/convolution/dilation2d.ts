import {
  add,
  cast,
  concat,
  equal,
  greater,
  maximum,
  mul,
  reshape,
  slice,
  sum,
  tidy,
  where,
  zerosLike,
} from '@tensorflow/tfjs-core';
import type { Dilation2DAttrs, Dilation2DInputs, Tensor, Tensor4D } from '@tensorflow/tfjs-core';
import { alongAxis } from '../../tensors/alongAxis';
import { imageAxes } from '../axes';
import type { ImageAxes } from '../axes';
import { kernelGradient } from '../kernelGradient';
import type { KernelCall, KernelGradient, NameOf } from '../kernelGradient';
import { atCellsOfTap, cellsOfTap } from './tapCells';

/*
 * Grey-scale dilation: `y[o] = maxₖ x[o s + k d − p] + w[k]`. All of dy goes to the cell and the tap that
 * gave the maximum, the first of several. TF.js's kernel for this is missing on webgl and wrong on wasm.
 */

export const dilation2dGradients: readonly KernelGradient[] = [
  kernelGradient<Dilation2DInputs, Dilation2DAttrs>('Dilation2D', {
    needs: { '*': ['x', 'filter'] },
    backward: (dy, call) => {
      const axes = imageAxes(call.attrs, call.shapes.x, [...call.shapes.filter, 1]);
      return { x: () => toImage(dy, call, axes), filter: () => toFilter(dy, call, axes) };
    },
  }),
];

type Dilation = KernelCall<NameOf<Dilation2DInputs>, Dilation2DAttrs>;

function toImage(dy: Tensor, call: Dilation, axes: ImageAxes): Tensor {
  const winner = winners(call, axes);
  return taps(axes).reduce<Tensor | null>(
    (dx, { row, column }, tap) =>
      tidy(() => {
        const won = wonBy(tap, winner, dy);
        const rows = alongAxis(won, 1, (x) => atCellsOfTap(x, axes[0], row));
        const placed = alongAxis(rows, 2, (x) => atCellsOfTap(x, axes[1], column));
        return dx ? add(dx, placed) : placed;
      }),
    null,
  )!;
}

function toFilter(dy: Tensor, call: Dilation, axes: ImageAxes): Tensor {
  const winner = winners(call, axes);
  const sums = taps(axes).map((_, tap) => tidy(() => sum(wonBy(tap, winner, dy), [0, 1, 2])));
  return reshape(concat(sums), call.shapes.filter);
}

function wonBy(tap: number, winner: Tensor, dy: Tensor): Tensor {
  return where(equal(winner, tap), dy, zerosLike(dy));
}

/** Which tap gave each output, as a number. */
function winners(call: Dilation, axes: ImageAxes): Tensor {
  return tidy(() => {
    const [x, filter] = [call.saved('x') as Tensor4D, call.saved('filter')];
    const value = ({ row, column }: Tap) => {
      const rows = alongAxis(x, 1, (along) => cellsOfTap(along, axes[0], row, OUTSIDE));
      const met = alongAxis(rows, 2, (along) => cellsOfTap(along, axes[1], column, OUTSIDE));
      return add(met, slice(filter, [row, column, 0], [1, 1, -1]));
    };
    const [first, ...rest] = taps(axes) as [Tap, ...Tap[]];
    let best = value(first);
    let winner: Tensor = zerosLike(best);
    rest.forEach((tap, i) => {
      const at = value(tap);
      const better = greater(at, best);
      best = where(better, at, best);
      winner = maximum(winner, mul(cast(better, 'float32'), i + 1));
    });
    return winner;
  });
}

interface Tap {
  readonly row: number;
  readonly column: number;
}

/** Lower than any image, but a number: what GPUs make of an infinity is up to them. */
const OUTSIDE = -1e30;

function taps([rows, columns]: ImageAxes): Tap[] {
  return Array.from({ length: rows.kernel * columns.kernel }, (_, tap) => ({
    row: Math.floor(tap / columns.kernel),
    column: tap % columns.kernel,
  }));
}
