import { engine } from '@tensorflow/tfjs-core';
import type { Conv2DAttrs, Tensor4D } from '@tensorflow/tfjs-core';
import { hasKernel } from '../../backends/ownKernel';
import type { ImageAxes } from '../axes';

/**
 * The filter gradient of a convolution by TF.js's own kernel, where the backend has it and it knows the case:
 * it is made for the purpose, and faster in training.
 */
export function shippedFilterGradient(
  kernel: 'Conv2DBackpropFilter' | 'DepthwiseConv2dNativeBackpropFilter',
  inputs: { x: Tensor4D; dy: Tensor4D },
  [rows, columns]: ImageAxes,
  attrs: Pick<Conv2DAttrs, 'strides' | 'pad' | 'dimRoundingMode'>,
): Tensor4D | undefined {
  const known = typeof attrs.pad === 'string' && rows.dilation === 1 && columns.dilation === 1;
  if (!known || !hasKernel(kernel)) return undefined;
  const { x, dy } = inputs;
  const out = kernel === 'Conv2DBackpropFilter' ? dy.shape[3] : dy.shape[3] / x.shape[3];
  const filterShape = [rows.kernel, columns.kernel, x.shape[3], out];
  return engine().runKernel<Tensor4D>(kernel, inputs, {
    ...attrs,
    dataFormat: 'NHWC',
    filterShape,
  });
}
