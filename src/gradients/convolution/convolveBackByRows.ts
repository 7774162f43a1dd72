import { util } from '@tensorflow/tfjs-core';
import type { Tensor4D } from '@tensorflow/tfjs-core';
import { runOnOwnArrays } from '../../backends/arrayKernel';
import type { ArrayKernel } from '../../backends/arrayKernel';
import { currentBackend } from '../../backends/backend';
import { multiplyRows } from '../../tensors/loops/multiplyRows';
import { isOneCell } from '../axes';
import type { ImageAxes } from '../axes';
import type { Weight } from '../weight';
import { eachMeeting } from './eachMeeting';
import { isLarge } from './isLarge';

/*
 * The gradient of a convolution to its input, on cpu: each cell of dy times the filter as it lies in memory,
 * and what each tap makes of it added where it belongs, some cells at a time.
 *
 *   c[o, k, i] = Σⱼ w[k, i, j] dy[o, j]          dx[s o + d k − p, i] += c[o, k, i]
 */

/** How many cells at a time: their products are in the processor's cache when they are added. */
export const CELLS = 64;

/**
 * The gradient, as convolveBack gives it; undefined on other backends. Only where a program runs: nothing
 * takes the gradient of this one there, for which the kernel has none.
 */
export function convolveBackByRows(dy: Tensor4D, filter: Weight, axes: ImageAxes): Tensor4D | undefined {
  const taps = util.sizeFromShape([...filter.shape]);
  if (!currentBackend().hasSlowProducts || !isLarge(taps, axes) || !filter.isOfProgram()) return undefined;
  return runOnOwnArrays(CONVOLUTION_BACK, { dy, filter: filter.tensor() }, { axes }) as Tensor4D;
}

/** [batch, cells of y, out], [taps, in, out] → [batch, cells of x, in]. */
export const CONVOLUTION_BACK: ArrayKernel<'dy' | 'filter', { readonly axes: ImageAxes }> = {
  name: 'GuidedSaliencyConvolutionBack',
  shapeOf: ({ dy, filter }, { axes: [rows, columns] }) => [
    dy.shape[0]!,
    rows.input,
    columns.input,
    filter.shape[2]!,
  ],
  compute: ({ dy, filter }, { axes }, dx) => {
    const [, , channels, out] = filter.shape as Tensor4D['shape'];
    const all = dy.values.length / out;
    const taps = { values: filter.values, from: 0, count: filter.values.length / out };
    const cellsFrom = (cell: number, count: number) => ({ values: dy.values, from: cell * out, count });
    if (axes.every(isOneCell)) {
      multiplyRows(cellsFrom(0, all), taps, out, dx, 0);
      return;
    }
    dx.fill(0);
    const products = new Float32Array(CELLS * taps.count);
    for (let first = 0; first < all; first += CELLS) {
      const count = Math.min(CELLS, all - first);
      multiplyRows(cellsFrom(first, count), taps, out, products, 0);
      for (let i = 0; i < count; i++) {
        eachMeeting(first + i, axes, (tap, cell) => {
          const from = i * taps.count + tap * channels;
          for (let c = 0; c < channels; c++) dx[cell * channels + c]! += products[from + c]!;
        });
      }
    }
  },
};
