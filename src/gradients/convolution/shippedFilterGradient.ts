import { engine, pad as padded } from '@tensorflow/tfjs-core';
import type { Conv2DAttrs, Tensor4D } from '@tensorflow/tfjs-core';
import { hasKernel } from '../../backends/ownKernel';
import { crop, padding } from '../../tensors/crop';
import { paddingOf } from '../axes';
import type { ImageAxes } from '../axes';

/**
 * The filter gradient of a convolution by TF.js's own kernel, where the backend has it and it knows the case:
 * it is made for the purpose, and faster in training. It is given zeros for a padding in numbers: it knows
 * none, and TensorFlow has no dilated depthwise convolution, which would take its place under a stride.
 */
export function shippedFilterGradient(
  kernel: 'Conv2DBackpropFilter' | 'DepthwiseConv2dNativeBackpropFilter',
  inputs: { x: Tensor4D; dy: Tensor4D },
  [rows, columns]: ImageAxes,
  attrs: Pick<Conv2DAttrs, 'strides' | 'pad' | 'dimRoundingMode'>,
): Tensor4D | undefined {
  if (rows.dilation > 1 || columns.dilation > 1 || !hasKernel(kernel)) return undefined;
  const { dy } = inputs;
  const isNamed = typeof attrs.pad === 'string';
  const around = [[0, 0], paddingOf(rows), paddingOf(columns), [0, 0]] as const;
  const x = isNamed ? inputs.x : padded(crop(inputs.x, around), padding(around));
  const out = kernel === 'Conv2DBackpropFilter' ? dy.shape[3] : dy.shape[3] / x.shape[3];
  const filterShape = [rows.kernel, columns.kernel, x.shape[3], out];
  // said here, as a layer's depthwise convolution leaves it null, which this kernel does not read
  const plain = { dilations: [1, 1], dataFormat: 'NHWC', filterShape };
  const attributes = { ...attrs, ...plain, pad: isNamed ? attrs.pad : 'valid' };
  return engine().runKernel<Tensor4D>(kernel, { x, dy }, attributes);
}
