import { conv2d, depthwiseConv2d, reshape, sum, transpose } from '@tensorflow/tfjs-core';
import type { Tensor4D } from '@tensorflow/tfjs-core';
import { paddingOf } from '../axes';
import type { ImageAxes } from '../axes';
import { crop, padding } from '../../tensors/crop';

/*
 * The gradient of a convolution to its filter, asked for where the filter itself depends on the input, and in
 * training. It is a convolution again, of x by dy:
 *
 *   dw[k] = Σₒ dy[o] x[o s + k d − p]
 *
 * with stride and dilation exchanged, the batch summed over as channels are, the channels of x as its batch.
 */

/**
 * @param x [batch, height, width, in].
 * @param dy [batch, height, width, out].
 * @returns [height, width, in, out].
 */
export function convolveBackToFilter(x: Tensor4D, dy: Tensor4D, axes: ImageAxes): Tensor4D {
  const dw = slide(transpose(x, [3, 1, 2, 0]), transpose(dy, [1, 2, 0, 3]), axes, conv2d);
  return transpose(dw, [1, 2, 0, 3]);
}

/**
 * @param x [batch, height, width, in].
 * @param dy [batch, height, width, in · multiplier].
 * @returns [height, width, in, multiplier].
 */
export function depthwiseBackToFilter(x: Tensor4D, dy: Tensor4D, axes: ImageAxes): Tensor4D {
  const [rows, columns] = axes;
  const [batch, height, width, channels] = x.shape;
  const multiplier = dy.shape[3] / channels;
  // each sample as channels of its own
  const images: Tensor4D = reshape(transpose(x, [1, 2, 0, 3]), [1, height, width, batch * channels]);
  const shape: Tensor4D['shape'] = [rows.output, columns.output, batch * channels, multiplier];
  const filter: Tensor4D = reshape(transpose(dy, [1, 2, 0, 3]), shape);
  const each = slide(images, filter, axes, depthwiseConv2d);
  return reshape(sum(reshape(each, [rows.kernel * columns.kernel, batch, channels * multiplier]), 1), [
    rows.kernel,
    columns.kernel,
    channels,
    multiplier,
  ]);
}

function slide(x: Tensor4D, dy: Tensor4D, [rows, columns]: ImageAxes, op: typeof conv2d): Tensor4D {
  const around = [[0, 0], paddingOf(rows), paddingOf(columns), [0, 0]] as const;
  const strides: [number, number] = [rows.dilation, columns.dilation];
  return op(crop(x, around), dy, strides, padding(around), 'NHWC', [rows.stride, columns.stride]);
}
