import { getBackend } from '@tensorflow/tfjs-core';
import type { KernelInvocation } from './engine';

/*
 * Kernels whose forward pass TF.js 4.22 gets wrong on a backend. A gradient taken there would be of something that
 * the model does not compute; so it is refused, by name.
 */

interface Defect {
  readonly backends: readonly string[];
  readonly what: string;
  /** Where it shows; always, if left out. */
  readonly when?: (invocation: KernelInvocation) => boolean;
}

/** What is wrong with each kernel. */
const DEFECTS: Readonly<Record<string, Defect>> = {
  Conv3DBackpropInputV2: { backends: ['wasm'], what: 'transposed 3d convolution' },
  MaxPool3D: { backends: ['wasm'], what: '3d max pooling of windows without a positive value' },
  MaxPoolWithArgmax: { backends: ['wasm'], what: 'max pooling with argmax of windows without a positive value' },
  Dilation2D: { backends: ['wasm'], what: 'dilation of windows without a positive value' },
  FusedBatchNorm: {
    backends: ['cpu', 'wasm'],
    what: 'batch norm along another axis than the last',
    when: ({ inputs: { x, mean } }) => {
      const { size = 1, shape = [] } = mean ?? {};
      return size > 1 && !(shape[shape.length - 1] === size && x?.shape[x.shape.length - 1] === size);
    },
  },
  FusedDepthwiseConv2D: {
    backends: ['cpu', 'wasm', 'webgl', 'webgpu', 'tensorflow'],
    what: 'a depthwise convolution fused with a LeakyRelu, whose slope the converter does not pass on',
    when: ({ attrs }) => attrs?.['activation'] === 'leakyrelu' && !Number.isFinite(attrs['leakyreluAlpha']),
  },
  Cumsum: { backends: ['webgpu'], what: 'an exclusive reverse cumulative sum', when: isExclusiveAndReverse },
  Cumprod: { backends: ['webgpu'], what: 'an exclusive reverse cumulative product', when: isExclusiveAndReverse },
};

/** Why a kernel must not be explained on this backend; undefined where nothing is wrong. */
export function brokenForward(invocation: KernelInvocation, needed: string): Error | undefined {
  const defect = DEFECTS[invocation.kernelName];
  const backend = getBackend();
  if (!defect?.backends.includes(backend) || defect.when?.(invocation) === false) return undefined;
  const others = ['cpu', 'tensorflow', 'webgl'].filter((other) => !defect.backends.includes(other));
  const wayOut = others[0] ? `use another backend, e.g. await tf.setBackend('${others[0]}')` : 'run the two apart';
  return new Error(
    `${needed} runs the kernel ${invocation.kernelName}, and TF.js computes ${defect.what} wrongly on the backend ` +
      `"${backend}"; ${wayOut}`,
  );
}

function isExclusiveAndReverse({ attrs }: KernelInvocation): boolean {
  return attrs?.['exclusive'] === true && attrs['reverse'] === true;
}
