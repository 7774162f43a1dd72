import type { Tensor4D } from '@tensorflow/tfjs-core';
import type { ArrayKernel } from '../../backends/arrayKernel';
import { multiplyRows } from '../../tensors/loops/multiplyRows';
import { isOneCell } from '../axes';
import type { ImageAxes } from '../axes';
import { activate, type Activated } from '../../tensors/loops/activate';
import { CELLS } from './convolveBackByRows';
import { eachMeeting } from './eachMeeting';

/** How a convolution is run, and what becomes of its sums. */
export interface Activating {
  readonly axes: ImageAxes;
  readonly activated: Activated;
}

/**
 * A convolution on cpu: what the kernel meets at some cells, side by side, times each filter as a row.
 *
 * [batch, cells of x, in], [out, taps · in], [out] → [batch, cells of y, out]
 */
export const CONVOLUTION: ArrayKernel<'x' | 'filters' | 'bias', Activating> = {
  name: 'GuidedSaliencyConvolution',
  shapeOf: ({ x, filters }, { axes: [rows, columns] }) => [
    x.shape[0]!,
    rows.output,
    columns.output,
    filters.shape[0]!,
  ],
  compute: ({ x, filters, bias }, { axes, activated }, y) => {
    const [, , , channels] = x.shape as Tensor4D['shape'];
    const [out, depth] = filters.shape as [number, number];
    const each = { values: filters.values, from: 0, count: out };
    const all = y.length / out;
    const isOne = axes.every(isOneCell);
    const met = new Float32Array(isOne ? 0 : CELLS * depth);
    for (let first = 0; first < all; first += CELLS) {
      const count = Math.min(CELLS, all - first);
      if (isOne) {
        multiplyRows({ values: x.values, from: first * depth, count }, each, depth, y, first * out);
        continue;
      }
      met.fill(0);
      for (let i = 0; i < count; i++) {
        eachMeeting(first + i, axes, (tap, cell) => {
          const to = i * depth + tap * channels;
          for (let c = 0; c < channels; c++) met[to + c] = x.values[cell * channels + c]!;
        });
      }
      multiplyRows({ values: met, from: 0, count }, each, depth, y, first * out);
      // the zeros of the padding times infinite weights are none of a sum
      for (let at = first * out; at < (first + count) * out; at++) {
        if (!Number.isNaN(y[at])) continue;
        y[at] = 0;
        eachMeeting(Math.floor(at / out), axes, (tap, cell) => {
          const from = (at % out) * depth + tap * channels;
          for (let c = 0; c < channels; c++) {
            y[at]! += x.values[cell * channels + c]! * filters.values[from + c]!;
          }
        });
      }
    }
    activate(y, bias.values, activated);
  },
};
