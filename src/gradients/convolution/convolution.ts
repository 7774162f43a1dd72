import { conv2d } from '@tensorflow/tfjs-core';
import type {
  Conv2DAttrs,
  Conv2DBackpropInputAttrs,
  Conv2DBackpropInputInputs,
  Conv2DInputs,
  Tensor4D,
} from '@tensorflow/tfjs-core';
import { convolveBack, channelsLast, inFormat } from './convolveBack';
import { convolveBackToFilter } from './convolveBackToFilter';
import { dataFormatOf, imageAxes, paddingOf } from '../axes';
import type { ImageAxes } from '../axes';
import { kernelGradient } from '../kernelGradient';
import type { KernelCall, KernelGradient, NameOf } from '../kernelGradient';
import { padding } from '../../tensors/crop';
import { withoutPadding } from '../../tensors/product';
import { shippedFilterGradient } from './shippedFilterGradient';

export const convolutionGradients: readonly KernelGradient[] = [
  kernelGradient<Conv2DInputs, Conv2DAttrs>('Conv2D', {
    needs: { x: ['filter'], filter: ['x'] },
    backward: (dy, call) => throughConvolution(dy as Tensor4D, call),
  }),
  // conv2dTranspose, the gradient of a convolution to its input, as an op: its gradient is the convolution
  kernelGradient<Conv2DBackpropInputInputs, Conv2DBackpropInputAttrs>('Conv2DBackpropInput', {
    needs: { dy: ['filter'], filter: ['dy'] },
    backward: (ddx, call) => {
      const dataFormat = dataFormatOf(call.attrs);
      const axes = imageAxes(call.attrs, ddx.shape, call.shapes.filter);
      const arriving = () => channelsLast(ddx, dataFormat);
      return {
        dy: () => inFormat(convolve(arriving(), call.saved('filter') as Tensor4D, axes), dataFormat),
        filter: () => toFilter(arriving(), channelsLast(call.saved('dy'), dataFormat), axes, call.attrs),
      };
    },
  }),
];

/** A run of the kernel. */
export type Convolution = KernelCall<NameOf<Conv2DInputs>, Conv2DAttrs>;

/** The gradients of a convolution of images. */
export function throughConvolution(dy: Tensor4D, call: Convolution): Record<'x' | 'filter', () => Tensor4D> {
  const dataFormat = dataFormatOf(call.attrs);
  const filter = call.weight('filter');
  const axes = imageAxes(call.attrs, call.shapes.x, filter.shape);
  const arriving = () => channelsLast(dy, dataFormat);
  return {
    x: () => inFormat(convolveBack(arriving(), filter, axes), dataFormat),
    filter: () => toFilter(channelsLast(call.saved('x'), dataFormat), arriving(), axes, call.attrs),
  };
}

function toFilter(
  x: Tensor4D,
  dy: Tensor4D,
  axes: ImageAxes,
  attrs: Parameters<typeof shippedFilterGradient>[3],
): Tensor4D {
  return (
    shippedFilterGradient('Conv2DBackpropFilter', { x, dy }, axes, attrs) ?? convolveBackToFilter(x, dy, axes)
  );
}

/** The convolution itself, channels last. */
function convolve(x: Tensor4D, filter: Tensor4D, [rows, columns]: ImageAxes): Tensor4D {
  const around = padding([[0, 0], paddingOf(rows), paddingOf(columns), [0, 0]]);
  // a 1×1 convolution is a product of matrices
  const clean = withoutPadding(x, -1);
  return conv2d(clean, filter, [rows.stride, columns.stride], around, 'NHWC', [
    rows.dilation,
    columns.dilation,
  ]);
}
