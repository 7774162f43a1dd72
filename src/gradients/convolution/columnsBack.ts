import { matMul, reshape, transpose } from '@tensorflow/tfjs-core';
import type { Tensor4D } from '@tensorflow/tfjs-core';
import { runOnOwnArrays } from '../../backends/arrayKernel';
import type { ArrayKernel } from '../../backends/arrayKernel';
import { currentBackend } from '../../backends/backend';
import type { Axis, ImageAxes } from '../axes';
import type { Weight } from '../weight';

/*
 * The gradient of a convolution to its input as a product with the filter as it lies in memory, tap by tap,
 * the cells of which are then added where they belong:
 *
 *   c[k, i, o] = Σⱼ w[k, i, j] dy[o, j]          dx[s o + d k − p, i] += c[k, i, o]
 *
 * wasm packs each new filter for its convolutions, and each new second operand for its products. Here that is
 * dy; so this pays where a filter is made anew with each call, and is large beside the map.
 */

/** The gradient of a convolution of images to its input, as convolveBack gives it. */
export function columnsBack(dy: Tensor4D, filter: Weight, [rows, columns]: ImageAxes): Tensor4D {
  const [batch, , , out] = dy.shape;
  const channels = filter.shape[2]!;
  const taps = reshape(filter.tensor(), [-1, out]);
  const cells = matMul(taps, transpose(reshape(dy, [-1, out])));
  // a column of cells is added as the row that it is in memory
  const isColumn = columns.input === 1 && columns.output === 1 && columns.kernel === 1;
  const [down, across] = isColumn ? [columns, rows] : [rows, columns];
  const taken = { rows: down, columns: across, planes: channels * batch };
  const planes = runOnOwnArrays(ADD_TAPS, { cells }, taken);
  const dx = transpose(reshape(planes, [channels, -1]));
  return reshape(dx, [batch, rows.input, columns.input, channels]);
}

/**
 * Whether that is quicker: than to pack the filter, which takes longer, number by number, than to add; or
 * than a convolution to few channels, of which eight are computed whether they are there or not. Only where a
 * program runs: nothing takes the gradient of this one there, for which the kernel below has none.
 */
export function columnsPay(dy: Tensor4D, filter: Weight, [rows, columns]: ImageAxes): boolean {
  if (!currentBackend().packsOperands || !filter.isOfProgram()) return false;
  const out = dy.shape[3];
  if (!filter.kept() && out * out > 0.8 * dy.size) return true;
  const channels = filter.shape[2]!;
  // what is computed together: the channels, of each cell that a stride leaves between two
  const width = channels * Math.min(columns.stride, columns.kernel);
  const computed = (8 * Math.ceil(width / 8)) / width;
  const taps = rows.kernel * columns.kernel * channels;
  // in nanoseconds for each number of dy, as measured: to multiply; to pack dy, multiply, and add
  return (taps * computed) / 12 > 15 + taps / 13 + (3 * taps) / out;
}

interface Taps {
  readonly rows: Axis;
  readonly columns: Axis;
  /** How many pairs of a channel and a sample there are. */
  readonly planes: number;
}

/** [rows · columns · planes, cells of y] → [planes, cells of x]. */
const ADD_TAPS: ArrayKernel<'cells', Taps> = {
  name: 'GuidedSaliencyAddTaps',
  shapeOf: (_, { rows, columns, planes }) => [planes, rows.input, columns.input],
  compute: ({ cells: { values } }, { rows, columns, planes }, result) => {
    result.fill(0);
    let from = 0;
    for (let row = 0; row < rows.kernel; row++) {
      for (let column = 0; column < columns.kernel; column++) {
        const left = column * columns.dilation - columns.before;
        for (let plane = 0; plane < planes; plane++) {
          for (let o = 0; o < rows.output; o++, from += columns.output) {
            const y = o * rows.stride + row * rows.dilation - rows.before;
            if (y < 0 || y >= rows.input) continue;
            addRow(values, from, result, (plane * rows.input + y) * columns.input, left, columns);
          }
        }
      }
    }
  },
};

/** A row of cells, of which the first one belongs to the cell `left` of the row at `to`, if there is one. */
function addRow(
  values: Float32Array,
  from: number,
  result: Float32Array,
  to: number,
  left: number,
  axis: Axis,
): void {
  const { input, output, stride } = axis;
  const first = left < 0 ? Math.ceil(-left / stride) : 0;
  const last = Math.min(output, Math.ceil((input - left) / stride));
  for (let o = first; o < last; o++) result[to + left + o * stride]! += values[from + o]!;
}
