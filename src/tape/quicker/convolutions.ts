import { reshape } from '@tensorflow/tfjs-core';
import type { Tensor } from '@tensorflow/tfjs-core';
import { dataFormatOf, imageAxes } from '../../gradients/axes';
import type { ImageAxes } from '../../gradients/axes';
import { CONVOLUTION_BACK } from '../../gradients/convolution/convolveBackByRows';
import { CONVOLUTION } from '../../gradients/convolution/convolveByRows';
import { DEPTHWISE } from '../../gradients/convolution/depthwiseOnArrays';
import { isLarge } from '../../gradients/convolution/isLarge';
import { transposedRows } from '../../tensors/loops/transposedRows';
import { fusedEnd } from './fusedEnd';
import { quicker, type Given, type Quicker, type QuickerKernels } from './quicker';

function convolution(given: Given): Quicker {
  const { x, filter } = given.inputs;
  const axes = x && filter && axesOf(given, x.shape, filter);
  const width = filter?.shape[3] ?? 0;
  const end = axes && fusedEnd(given, width);
  if (!end) return undefined;
  const filters = given.forms.of(filter, 'rows', (weight) => transposedRows(reshape(weight, [-1, width])));
  return quicker(CONVOLUTION, { x, filters, bias: end.bias }, { axes, activated: end.activated });
}

function depthwise(given: Given): Quicker {
  const { x, filter } = given.inputs;
  const axes = x && filter?.shape[3] === 1 ? axesOf(given, x.shape, filter) : undefined;
  const end = axes && filter && fusedEnd(given, filter.shape[2] ?? 0);
  if (!end || !x) return undefined;
  return quicker(DEPTHWISE, { x, filter, bias: end.bias }, { axes, activated: end.activated });
}

/** A transposed convolution is what goes back through a convolution. */
function transposedConvolution(given: Given): Quicker {
  const { dy, filter } = given.inputs;
  const axes = dy && filter ? axesOf(given, given.attrs['inputShape'] as number[], filter) : undefined;
  return axes && dy && filter ? quicker(CONVOLUTION_BACK, { dy, filter }, { axes }) : undefined;
}

/** The axes of a convolution by a weight, where it is one for our kernels. */
function axesOf({ attrs, forms }: Given, xShape: readonly number[], filter: Tensor): ImageAxes | undefined {
  if (!forms.has(filter) || dataFormatOf(attrs) !== 'NHWC') return undefined;
  const axes = imageAxes(attrs as unknown as Parameters<typeof imageAxes>[0], xShape, filter.shape);
  return isLarge(filter.size, axes) ? axes : undefined;
}

/** Several times as fast as TF.js's on cpu, with their sums in double precision. */
export const CONVOLUTIONS: QuickerKernels = {
  Conv2D: convolution,
  FusedConv2D: convolution,
  DepthwiseConv2dNative: depthwise,
  FusedDepthwiseConv2D: depthwise,
  Conv2DBackpropInput: transposedConvolution,
};
