import { depthwiseConv2d, mul, pad, reshape, sum, tidy } from '@tensorflow/tfjs-core';
import type { Tensor, Tensor4D } from '@tensorflow/tfjs-core';
import { isOneCell } from '../axes';
import type { Axis, ImageAxes } from '../axes';
import { crop, padding } from '../../tensors/crop';
import { withoutPadding } from '../../tensors/product';
import { pickRows } from './pickTaps';
import type { Weight } from '../weight';
import { depthwiseBackOnArrays } from './depthwiseOnArrays';
import { depthwiseByTaps } from './depthwiseByTaps';

/**
 * The gradient of a depthwise convolution to its input: a forward depthwise convolution of dy, with zeros
 * between its cells, by the filter turned by 180°.
 *
 *   dx[i] = Σₖ w[k] dy₀[i + p − d k]          dy₀[s o] = dy[o], 0 between
 *
 * No phases here, as for other convolutions: XNNPACK has fast code for 3×3 and 5×5 cells, and none for what
 * would be left of them in a phase; that took three times as long.
 *
 * @param dy [batch, height, width, in · multiplier].
 * @param filter [height, width, in, multiplier].
 * @returns [batch, height, width, in].
 */
export function depthwiseBack(dy: Tensor4D, filter: Weight, [rows, columns]: ImageAxes): Tensor4D {
  const [, , channels, multiplier] = filter.shape as Tensor4D['shape'];
  if (multiplier === 1 && isOneCell(rows) && isOneCell(columns)) {
    return mul(dy, reshape(filter.tensor(), [channels]));
  }
  const added =
    depthwiseBackOnArrays(dy, filter, [rows, columns]) ?? depthwiseByTaps(dy, filter, [rows, columns]);
  if (added) return added;
  const around = [[0, 0], margins(rows), margins(columns), [0, 0]] as const;
  const rotated = filter.form('rotated', rotate) as Tensor4D;
  // webgl takes what lies beside the last column for another one
  const clean = columns.dilation > 1 ? withoutPadding(dy, -2) : dy;
  const spread = crop(betweenZeros(clean, rows.stride, columns.stride), around);
  const dx = depthwiseConv2d(spread, rotated, 1, padding(around), 'NHWC', [rows.dilation, columns.dilation]);
  if (multiplier === 1) return dx;
  const shape: Tensor4D['shape'] = [dy.shape[0], rows.input, columns.input, channels];
  return reshape(sum(reshape(dx, [-1, channels, multiplier]), 2), shape);
}

/** [height, width, in, multiplier] → [height, width, in · multiplier, 1], turned by 180°. */
function rotate(filter: Tensor): Tensor {
  const [height, width, channels, multiplier] = filter.shape as Tensor4D['shape'];
  const taps = height * width;
  const matrix = reshape(filter, [taps, channels * multiplier]);
  const backwards = Array.from({ length: taps }, (_, i) => taps - 1 - i);
  return reshape(pickRows(matrix, backwards), [height, width, channels * multiplier, 1]);
}

/** Zeros behind each row and column: all at once, as those behind a cell are channels of the same row. */
function betweenZeros(dy: Tensor4D, down: number, across: number): Tensor4D {
  if (down === 1 && across === 1) return dy;
  const [batch, height, width, channels] = dy.shape;
  // one handle on them is left
  return tidy(() => {
    const apart = reshape(dy, [batch * height, 1, width, channels]);
    const spread = pad(apart, [
      [0, 0],
      [0, down - 1],
      [0, 0],
      [0, (across - 1) * channels],
    ]);
    return reshape(spread, [batch, height * down, width * across, channels]);
  });
}

/** The zeros that the spread dy needs before and after; below 0 where cells of it go unread. */
function margins({ input, output, kernel, stride, dilation, before }: Axis): [number, number] {
  return [(kernel - 1) * dilation - before, input + before - output * stride];
}
