import type { Tensor4D } from '@tensorflow/tfjs-core';
import { runOnOwnArrays } from '../../backends/arrayKernel';
import type { ArrayKernel } from '../../backends/arrayKernel';
import { vectorFunction } from '../../backends/vectorCode';
import type { Axis, ImageAxes } from '../axes';
import type { Weight } from '../weight';
import { VECTOR_TAP, type VectorTap } from './vectorTap';

/*
 * The gradient of a depthwise convolution with a stride to its input, on wasm: each cell of dy times the tap
 * is added where it belongs, tap by tap, row by row.
 *
 *   dx[s o + d k − p] += w[k] dy[o]
 *
 * That is a fourth of the products that there are with zeros between the cells of dy, and no zeros are
 * written. Without a stride XNNPACK is quicker.
 */

/**
 * The gradient, as depthwiseBack gives it; undefined where it is not known so. Only where a program runs:
 * nothing takes the gradient of this one there, for which the kernel below has none.
 */
export function depthwiseByTaps(
  dy: Tensor4D,
  filter: Weight,
  [rows, columns]: ImageAxes,
): Tensor4D | undefined {
  const [, , channels, multiplier] = filter.shape as Tensor4D['shape'];
  const isStrided = rows.stride > 1 || columns.stride > 1;
  if (!isStrided || multiplier !== 1 || channels % 4 !== 0 || !filter.isOfProgram()) return undefined;
  if (!vectorFunction(VECTOR_TAP)) return undefined;
  return runOnOwnArrays(ADD_TAPS, { dy, filter: filter.tensor() }, { rows, columns }) as Tensor4D;
}

/** [batch, cells of y, channels], [taps, channels, 1] → [batch, cells of x, channels]. */
const ADD_TAPS: ArrayKernel<'dy' | 'filter', { readonly rows: Axis; readonly columns: Axis }> = {
  name: 'GuidedSaliencyDepthwiseTaps',
  shapeOf: ({ dy }, { rows, columns }) => [dy.shape[0]!, rows.input, columns.input, dy.shape[3]!],
  compute: ({ dy, filter }, { rows, columns }, dx) => {
    const [batch, , , channels] = dy.shape as Tensor4D['shape'];
    const add = vectorFunction<VectorTap>(VECTOR_TAP) as VectorTap;
    const address = ({ byteOffset }: Float32Array, cell: number) => byteOffset + 4 * cell * channels;
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
            address(dy.values, row * columns.output + first),
            address(filter.values, down * columns.kernel + across),
            address(dx, to),
            end - first,
            channels / 4,
            4 * columns.stride * channels,
          );
        }
      }
    }
  },
};
