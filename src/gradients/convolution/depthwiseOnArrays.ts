import { util } from '@tensorflow/tfjs-core';
import type { Tensor4D } from '@tensorflow/tfjs-core';
import { runOnOwnArrays } from '../../backends/arrayKernel';
import type { ArrayKernel } from '../../backends/arrayKernel';
import { currentBackend } from '../../backends/backend';
import type { ImageAxes } from '../axes';
import type { Weight } from '../weight';
import { activate } from '../../tensors/loops/activate';
import type { Activating } from './convolveByRows';
import { eachMeeting, eachReader, type Meet } from './eachMeeting';
import { isLarge } from './isLarge';

/*
 * Depthwise convolutions of one filter a channel and their gradient on cpu: for each cell of the result the
 * cells that it is made of, three taps at a time for all channels.
 *
 *   y[o] = Σₖ w[k] x[s o + d k − p]          dx[i] = Σₖ w[k] dy[(i + p − d k) / s]
 */

/**
 * The gradient, as depthwiseBack gives it; undefined on other backends. Only where a program runs: nothing
 * takes the gradient of this one there, for which the kernel has none.
 */
export function depthwiseBackOnArrays(dy: Tensor4D, filter: Weight, axes: ImageAxes): Tensor4D | undefined {
  const taps = util.sizeFromShape([...filter.shape]);
  if (!currentBackend().hasSlowProducts || filter.shape[3] !== 1) return undefined;
  if (!isLarge(taps, axes) || !filter.isOfProgram()) return undefined;
  return runOnOwnArrays(BACK, { dy, filter: filter.tensor() }, { axes }) as Tensor4D;
}

/** [batch, cells of y, channels], [taps, channels, 1] → [batch, cells of x, channels]. */
const BACK: ArrayKernel<'dy' | 'filter', { readonly axes: ImageAxes }> = {
  name: 'GuidedSaliencyDepthwiseBack',
  shapeOf: ({ dy }, { axes: [rows, columns] }) => [dy.shape[0]!, rows.input, columns.input, dy.shape[3]!],
  compute: ({ dy, filter }, { axes }, dx) => {
    sumTaps(dy.values, filter.values, dx, dy.shape[3]!, axes, (cell, meet) => {
      eachReader(cell, axes, meet);
    });
  },
};

/** A depthwise convolution: [batch, cells of x, channels], [taps, channels, 1], [channels]. */
export const DEPTHWISE: ArrayKernel<'x' | 'filter' | 'bias', Activating> = {
  name: 'GuidedSaliencyDepthwise',
  shapeOf: ({ x }, { axes: [rows, columns] }) => [x.shape[0]!, rows.output, columns.output, x.shape[3]!],
  compute: ({ x, filter, bias }, { axes, activated }, y) => {
    sumTaps(x.values, filter.values, y, x.shape[3]!, axes, (cell, meet) => {
      eachMeeting(cell, axes, meet);
    });
    activate(y, bias.values, activated);
  },
};

/** @param each Tells of each cell that one of the result is made of, and by which tap. */
function sumTaps(
  x: Float32Array,
  filter: Float32Array,
  result: Float32Array,
  channels: number,
  axes: ImageAxes,
  each: (cell: number, meet: Meet) => void,
): void {
  const most = axes.reduce((product, { kernel }) => product * kernel, 1);
  const from = new Int32Array(most);
  const at = new Int32Array(most);
  let count = 0;
  const meet: Meet = (tap, cell) => {
    from[count] = cell * channels;
    at[count++] = tap * channels;
  };
  result.fill(0);
  for (let cell = 0; cell < result.length / channels; cell++) {
    count = 0;
    each(cell, meet);
    const to = cell * channels;
    let tap = 0;
    for (; tap + 3 <= count; tap += 3) {
      addThree(x, from, filter, at, tap, result, to, channels);
    }
    for (; tap < count; tap++) {
      const x0 = from[tap]!;
      const w0 = at[tap]!;
      for (let i = 0; i < channels; i++) result[to + i]! += x[x0 + i]! * filter[w0 + i]!;
    }
  }
}

/** One read and write of a result for three products, which takes a third of the time less. */
function addThree(
  x: Float32Array,
  from: Int32Array,
  filter: Float32Array,
  at: Int32Array,
  tap: number,
  result: Float32Array,
  to: number,
  channels: number,
): void {
  const x0 = from[tap]!;
  const x1 = from[tap + 1]!;
  const x2 = from[tap + 2]!;
  const w0 = at[tap]!;
  const w1 = at[tap + 1]!;
  const w2 = at[tap + 2]!;
  for (let i = 0; i < channels; i++) {
    const first = x[x0 + i]! * filter[w0 + i]!;
    const second = x[x1 + i]! * filter[w1 + i]!;
    result[to + i]! += first + second + x[x2 + i]! * filter[w2 + i]!;
  }
}
