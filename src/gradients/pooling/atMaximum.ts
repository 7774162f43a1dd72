import { add, mul, stridedSlice, sub, zerosLike } from '@tensorflow/tfjs-core';
import type { Tensor } from '@tensorflow/tfjs-core';
import { equalMask } from '../../tensors/masking';
import { windowOf } from '../../tensors/window';
import type { ImageAxes } from '../axes';
import { LOWEST, reachOf } from './maxAlongAxes';

/** What `d` holds at the maximum of each window in `x`: of equal cells at the first, or the last. */
export function atMaximum(
  d: Tensor,
  x: Tensor,
  y: Tensor,
  [rows, columns]: ImageAxes,
  equalMaxima: 'first' | 'last',
): Tensor {
  const [batch = 0, , , channels = 0] = x.shape;
  const around = (t: Tensor, value: number) =>
    windowOf(
      t,
      [0, -rows.before, -columns.before, 0],
      [batch, reachOf(rows), reachOf(columns), channels],
      value,
    );
  const [xs, ds] = [around(x, LOWEST), around(d, 0)];
  const size = rows.kernel * columns.kernel;
  let taken: Tensor = zerosLike(y);
  let sum: Tensor = zerosLike(y);
  for (let i = 0; i < size; i++) {
    const offset = equalMaxima === 'first' ? i : size - 1 - i;
    const begin = [0, Math.floor(offset / columns.kernel), offset % columns.kernel, 0];
    const cell = (t: Tensor) => slicedByStride(t, begin, y.shape, [1, rows.stride, columns.stride, 1]);
    const here = mul(equalMask(cell(xs), y), sub(1, taken));
    taken = add(taken, here);
    sum = add(sum, mul(here, cell(ds)));
  }
  return sum;
}

function slicedByStride(x: Tensor, begin: number[], sizes: number[], strides: number[]): Tensor {
  const end = begin.map((first, axis) => first + (sizes[axis]! - 1) * strides[axis]! + 1);
  return stridedSlice(x, begin, end, strides);
}
