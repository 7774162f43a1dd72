import type { Tensor4D } from '@tensorflow/tfjs-core';
import { runOnArrays } from '../../backends/arrayKernel';
import type { ArrayKernel } from '../../backends/arrayKernel';
import { currentBackend } from '../../backends/backend';
import { vectorFunction } from '../../backends/vectorCode';
import type { Axis, ImageAxes } from '../axes';
import type { Weight } from '../weight';
import { VECTOR_TAP, type VectorTap } from './vectorTap';

/*
 * The gradient of a depthwise convolution to its input, tap by tap: each cell of dy times the tap is added
 * where it belongs.
 *
 *   dx[s o + d k − p] += w[k] dy[o]
 *
 * With a stride that is a fourth of the products that there are with zeros between the cells of dy, and no
 * zeros are written. A loop on cpu, at any stride; of vectors on wasm, where without a stride XNNPACK is
 * quicker.
 */

/**
 * The gradient, as depthwiseBack gives it; undefined where that is not quicker. Only where a program runs:
 * nothing takes the gradient of this one there, for which the kernel below has none.
 */
export function depthwiseByTaps(
  dy: Tensor4D,
  filter: Weight,
  [rows, columns]: ImageAxes,
): Tensor4D | undefined {
  const [, , channels, multiplier] = filter.shape as Tensor4D['shape'];
  const isStrided = rows.stride > 1 || columns.stride > 1;
  const isQuicker = currentBackend().slowMoves === 'all' || (isStrided && channels % 4 === 0);
  if (multiplier !== 1 || !isQuicker || !filter.isOfProgram()) return undefined;
  return runOnArrays(ADD_TAPS, { dy, filter: filter.tensor() }, { rows, columns }) as Tensor4D | undefined;
}

/** [batch, cells of y, channels], [taps, channels, 1] → [batch, cells of x, channels]. */
const ADD_TAPS: ArrayKernel<'dy' | 'filter', { readonly rows: Axis; readonly columns: Axis }> = {
  name: 'GuidedSaliencyDepthwiseTaps',
  shapeOf: ({ dy }, { rows, columns }) => [dy.shape[0]!, rows.input, columns.input, dy.shape[3]!],
  compute: ({ dy, filter }, { rows, columns }, dx) => {
    const [batch, , , channels] = dy.shape as Tensor4D['shape'];
    const addTap = channels % 4 === 0 ? byVectors(dy.values, filter.values, dx) : undefined;
    const add = addTap ?? byNumbers(dy.values, filter.values, dx);
    dx.fill(0);
    for (let row = 0; row < batch * rows.output; row++) {
      const sample = Math.floor(row / rows.output);
      for (let down = 0; down < rows.kernel; down++) {
        const y = (row % rows.output) * rows.stride + down * rows.dilation - rows.before;
        if (y < 0 || y >= rows.input) continue;
        for (let across = 0; across < columns.kernel; across++) {
          const begin = across * columns.dilation - columns.before;
          const first = begin < 0 ? Math.ceil(-begin / columns.stride) : 0;
          const end = Math.min(columns.output, Math.ceil((columns.input - begin) / columns.stride));
          if (end <= first) continue;
          const to = (sample * rows.input + y) * columns.input + begin + first * columns.stride;
          add(
            (row * columns.output + first) * channels,
            (down * columns.kernel + across) * channels,
            to * channels,
            end - first,
            channels,
            columns.stride * channels,
          );
        }
      }
    }
  },
};

/**
 * Adds one tap for a row of cells.
 *
 * @param from Where the cells of dy begin; the tap begins at `at`, and what it is added to at `to`.
 * @param step From there to where the next cell is added.
 */
type AddTap = (from: number, at: number, to: number, cells: number, channels: number, step: number) => void;

const byNumbers =
  (dy: Float32Array, filter: Float32Array, dx: Float32Array): AddTap =>
  (from, at, to, cells, channels, step) => {
    for (let cell = 0; cell < cells; cell++, from += channels, to += step) {
      for (let i = 0; i < channels; i++) dx[to + i]! += dy[from + i]! * filter[at + i]!;
    }
  };

function byVectors(dy: Float32Array, filter: Float32Array, dx: Float32Array): AddTap | undefined {
  const add = vectorFunction<VectorTap>(VECTOR_TAP);
  if (!add) return undefined;
  const address = ({ byteOffset }: Float32Array, i: number) => byteOffset + 4 * i;
  return (from, at, to, cells, channels, step) => {
    add(address(dy, from), address(filter, at), address(dx, to), cells, channels / 4, 4 * step);
  };
}
