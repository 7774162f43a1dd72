import { layers } from '@tensorflow/tfjs-layers';
import type { SymbolicTensor } from '@tensorflow/tfjs-layers';

/** Weights are written after building: zeros cost nothing to make. */
const zeros = { kernelInitializer: 'zeros' } as const;

/** What may be told of a convolution of images. */
interface ConvolutionOptions {
  readonly strides?: number;
  readonly useBias?: boolean;
  readonly activation?: 'relu';
}

/** A convolution of images, padded to the same size. */
export function convolution(
  x: SymbolicTensor,
  filters: number,
  kernelSize: number,
  options: ConvolutionOptions = {},
): SymbolicTensor {
  const layer = layers.conv2d({ filters, kernelSize, padding: 'same', ...zeros, ...options });
  return layer.apply(x) as SymbolicTensor;
}

/** A depthwise convolution of images, padded to the same size, without a bias. */
export function depthwise(x: SymbolicTensor, kernelSize: number, strides = 1): SymbolicTensor {
  const layer = layers.depthwiseConv2d({
    kernelSize,
    strides,
    padding: 'same',
    useBias: false,
    depthwiseInitializer: 'zeros',
  });
  return layer.apply(x) as SymbolicTensor;
}

/** A dense layer. */
export function dense(
  x: SymbolicTensor,
  units: number,
  activation?: 'relu' | 'softmax' | 'sigmoid' | 'gelu_new' | 'swish',
): SymbolicTensor {
  return layers.dense({ units, ...zeros, ...(activation && { activation }) }).apply(x) as SymbolicTensor;
}

/** A batch norm. */
export function normalized(x: SymbolicTensor): SymbolicTensor {
  return layers.batchNormalization({ epsilon: 1e-3 }).apply(x) as SymbolicTensor;
}

/** An activation, as a layer of its own. */
export function activated(
  x: SymbolicTensor,
  activation: 'relu' | 'swish' | 'softmax' | 'sigmoid',
): SymbolicTensor {
  return layers.activation({ activation }).apply(x) as SymbolicTensor;
}

/** A sum. */
export function added(...terms: SymbolicTensor[]): SymbolicTensor {
  return layers.add().apply(terms) as SymbolicTensor;
}

/** Channels side by side. */
export function concatenated(...parts: SymbolicTensor[]): SymbolicTensor {
  return layers.concatenate().apply(parts) as SymbolicTensor;
}

/** A maximum over windows of images. */
export function pooled(x: SymbolicTensor, poolSize: number, strides: number): SymbolicTensor {
  return layers.maxPooling2d({ poolSize, strides, padding: 'same' }).apply(x) as SymbolicTensor;
}

/** The means over space. */
export function averaged(x: SymbolicTensor): SymbolicTensor {
  return layers.globalAveragePooling2d({}).apply(x) as SymbolicTensor;
}
