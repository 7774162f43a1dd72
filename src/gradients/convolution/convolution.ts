import { conv2d } from '@tensorflow/tfjs-core';
import type { Tensor4D } from '@tensorflow/tfjs-core';
import { convolveBack, channelsLast, inFormat } from './convolveBack';
import { convolveBackToFilter } from './convolveBackToFilter';
import { dataFormatOf, imageAxes, paddingOf } from '../axes';
import type { ImageAxes } from '../axes';
import type { KernelCall, KernelGradient } from '../kernelGradient';
import { padding } from '../../tensors/crop';
import { shippedFilterGradient } from './shippedFilterGradient';
import { weightOf } from '../weight';

export const convolutionGradients: readonly KernelGradient[] = [
  {
    kernel: 'Conv2D',
    needs: { x: ['filter'], filter: ['x'] },
    backward: (dy, call) => throughConvolution(dy as Tensor4D, call),
  },
  {
    // conv2dTranspose, the gradient of a convolution to its input, as an op: its gradient is the convolution
    kernel: 'Conv2DBackpropInput',
    needs: { dy: ['filter'], filter: ['dy'] },
    backward: (ddx, call) => {
      const dataFormat = dataFormatOf(call.attrs);
      const axes = imageAxes(call.attrs, ddx.shape, call.shapes['filter'] as number[]);
      const arriving = () => channelsLast(ddx, dataFormat);
      return {
        dy: () => inFormat(convolve(arriving(), call.saved('filter') as Tensor4D, axes), dataFormat),
        filter: () => toFilter(arriving(), channelsLast(call.saved('dy'), dataFormat), axes, call.attrs),
      };
    },
  },
];

/** The gradients of a convolution of images, which may be inside a fused kernel. */
export function throughConvolution(dy: Tensor4D, call: KernelCall): Record<'x' | 'filter', () => Tensor4D> {
  const dataFormat = dataFormatOf(call.attrs);
  const filter = weightOf(call, 'filter');
  const axes = imageAxes(call.attrs, call.shapes['x'] as number[], filter.shape);
  const arriving = () => channelsLast(dy, dataFormat);
  return {
    x: () => inFormat(convolveBack(arriving(), filter, axes), dataFormat),
    filter: () => toFilter(channelsLast(call.saved('x'), dataFormat), arriving(), axes, call.attrs),
  };
}

function toFilter(x: Tensor4D, dy: Tensor4D, axes: ImageAxes, attrs: KernelCall['attrs']): Tensor4D {
  return (
    shippedFilterGradient('Conv2DBackpropFilter', { x, dy }, axes, attrs) ?? convolveBackToFilter(x, dy, axes)
  );
}

/** The convolution itself, channels last. */
function convolve(x: Tensor4D, filter: Tensor4D, [rows, columns]: ImageAxes): Tensor4D {
  const around = padding([[0, 0], paddingOf(rows), paddingOf(columns), [0, 0]]);
  return conv2d(x, filter, [rows.stride, columns.stride], around, 'NHWC', [rows.dilation, columns.dilation]);
}
