import type {
  DepthwiseConv2dNativeAttrs,
  DepthwiseConv2dNativeInputs,
  Tensor4D,
} from '@tensorflow/tfjs-core';
import { channelsLast, inFormat } from './convolveBack';
import { depthwiseBackToFilter } from './convolveBackToFilter';
import { dataFormatOf, imageAxes } from '../axes';
import { depthwiseBack } from './depthwiseBack';
import { kernelGradient } from '../kernelGradient';
import type { KernelCall, KernelGradient, NameOf } from '../kernelGradient';
import { shippedFilterGradient } from './shippedFilterGradient';

export const depthwiseGradients: readonly KernelGradient[] = [
  kernelGradient<DepthwiseConv2dNativeInputs, DepthwiseConv2dNativeAttrs>('DepthwiseConv2dNative', {
    needs: { x: ['filter'], filter: ['x'] },
    backward: (dy, call) => throughDepthwise(dy as Tensor4D, call),
  }),
];

/** A run of the kernel. */
export type Depthwise = KernelCall<NameOf<DepthwiseConv2dNativeInputs>, DepthwiseConv2dNativeAttrs>;

/** The gradients of a depthwise convolution. */
export function throughDepthwise(dy: Tensor4D, call: Depthwise): Record<'x' | 'filter', () => Tensor4D> {
  const dataFormat = dataFormatOf(call.attrs);
  const filter = call.weight('filter');
  const axes = imageAxes(call.attrs, call.shapes.x, filter.shape);
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
