import type { Tensor4D } from '@tensorflow/tfjs-core';
import { channelsLast, inFormat } from './convolveBack';
import { depthwiseBackToFilter } from './convolveBackToFilter';
import { dataFormatOf, imageAxes } from '../axes';
import { depthwiseBack } from './depthwiseBack';
import type { KernelCall, KernelGradient } from '../kernelGradient';
import { shippedFilterGradient } from './shippedFilterGradient';
import { weightOf } from '../weight';

export const depthwiseGradients: readonly KernelGradient[] = [
  {
    kernel: 'DepthwiseConv2dNative',
    needs: { x: ['filter'], filter: ['x'] },
    backward: (dy, call) => throughDepthwise(dy as Tensor4D, call),
  },
];

/** The gradients of a depthwise convolution, which may be inside a fused kernel. */
export function throughDepthwise(dy: Tensor4D, call: KernelCall): Record<'x' | 'filter', () => Tensor4D> {
  const dataFormat = dataFormatOf(call.attrs);
  const filter = weightOf(call, 'filter');
  const axes = imageAxes(call.attrs, call.shapes['x'] as number[], filter.shape);
  const arriving = () => channelsLast(dy, dataFormat);
  return {
    x: () => inFormat(depthwiseBack(arriving(), filter, axes), dataFormat),
    filter: () => {
      const inputs = { x: channelsLast(call.saved('x'), dataFormat), dy: arriving() };
      return (
        shippedFilterGradient('DepthwiseConv2dNativeBackpropFilter', inputs, axes, call.attrs) ??
        depthwiseBackToFilter(inputs.x, inputs.dy, axes)
      );
    },
  };
}
