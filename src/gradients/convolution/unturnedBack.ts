import { engine } from '@tensorflow/tfjs-core';
import type { Tensor4D } from '@tensorflow/tfjs-core';
import type { Axis, ImageAxes } from '../axes';
import type { Weight } from '../weight';

/**
 * The gradient of a convolution of images to its input by TF.js's kernel, which reads the filter as it is;
 * undefined where that kernel knows no such padding, stride or dilation, or is not to be trusted.
 */
export function unturnedBack(dy: Tensor4D, filter: Weight, axes: ImageAxes): Tensor4D | undefined {
  const [, , channels, out] = filter.shape as Tensor4D['shape'];
  // with oneDNN on, TensorFlow reads memory that nobody wrote
  if (channels === 1 && out === 1) return undefined;
  const pad = (['valid', 'same'] as const).find((kind) => axes.every((axis) => isPadded(axis, kind)));
  if (pad === undefined) return undefined;
  const [rows, columns] = axes;
  return engine().runKernel<Tensor4D>(
    'Conv2DBackpropInput',
    { dy, filter: filter.tensor() },
    { strides: 1, pad, dataFormat: 'NHWC', inputShape: [dy.shape[0], rows.input, columns.input, channels] },
  );
}

function isPadded(
  { input, output, kernel, stride, dilation, before }: Axis,
  kind: 'valid' | 'same',
): boolean {
  if (stride !== 1 || dilation !== 1) return false;
  return kind === 'valid'
    ? before === 0 && output === input - kernel + 1
    : before === Math.floor((kernel - 1) / 2) && output === input;
}
