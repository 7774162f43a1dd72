import { getBackend } from '@tensorflow/tfjs-core';
import type { Tensor } from '@tensorflow/tfjs-core';
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
const DEFECTS: Readonly<Record<string, readonly Defect[]>> = {
  Conv3DBackpropInputV2: [{ backends: ['wasm'], what: 'a transposed 3d convolution' }],
  MaxPool3D: [{ backends: ['wasm'], what: '3d max pooling of windows without a positive value' }],
  MaxPoolWithArgmax: [{ backends: ['wasm'], what: 'max pooling with argmax of windows without a positive value' }],
  Dilation2D: [{ backends: ['wasm'], what: 'the dilation of windows without a positive value' }],
  FloorDiv: [{ backends: ['webgl'], what: 'a floored division' }],
  FusedBatchNorm: [
    {
      backends: ['cpu', 'wasm'],
      what: 'batch norm along another axis than the last',
      when: ({ inputs: { x, mean, variance, scale, offset } }) =>
        ![mean, variance, scale, offset].every((parameter) => isTail(parameter, x)),
    },
  ],
  Prelu: [
    {
      backends: ['wasm'],
      what: 'a PReLU whose slopes are shared along the last axis',
      when: ({ inputs: { x, alpha } }) => !isTail(alpha, x),
    },
  ],
  DepthwiseConv2dNative: [{ backends: ['cpu', 'wasm'], what: 'a depthwise convolution with channels first', when: isNchw }],
  FusedDepthwiseConv2D: [
    { backends: ['cpu', 'wasm'], what: 'a depthwise convolution with channels first', when: isNchw },
    {
      backends: ['cpu', 'wasm', 'webgl', 'webgpu', 'tensorflow'],
      what: 'a depthwise convolution fused with a LeakyRelu, whose slope the converter does not pass on',
      when: ({ attrs }) => attrs?.['activation'] === 'leakyrelu' && !Number.isFinite(attrs['leakyreluAlpha']),
    },
  ],
  _FusedMatMul: [
    {
      backends: ['wasm'],
      what: 'the bias of a fused matrix product that is transposed or batched',
      when: ({ inputs: { a, bias }, attrs }) =>
        (bias?.size ?? 1) > 1 && (attrs?.['transposeA'] === true || attrs?.['transposeB'] === true || isBatched(a)),
    },
  ],
  AvgPool: [roundedUp('an average pooling')],
  MaxPool: [roundedUp('a max pooling')],
  OneHot: [{ backends: ['wasm'], what: 'a one-hot of floats', when: ({ attrs }) => attrs?.['dtype'] === 'float32' }],
  Cast: [
    {
      backends: ['wasm'],
      what: 'a cast of numbers to booleans',
      when: ({ inputs: { x }, attrs }) => attrs?.['dtype'] === 'bool' && x?.dtype !== 'bool',
    },
  ],
  Transform: [{ backends: ['wasm'], what: 'a projective transform' }],
  Cumsum: cumulative('sum'),
  Cumprod: cumulative('product'),
};

function cumulative(what: string): readonly Defect[] {
  return [
    {
      backends: ['webgpu'],
      what: `an exclusive reverse cumulative ${what}`,
      when: ({ attrs }) => attrs?.['exclusive'] === true && attrs['reverse'] === true,
    },
    {
      backends: ['cpu', 'wasm', 'webgl', 'webgpu'],
      what: `a cumulative ${what} along an axis counted from the end`,
      when: ({ inputs: { x }, attrs }) => Number(attrs?.['axis']) < 0 && (x?.rank ?? 0) > 1,
    },
  ];
}

/** A pooling whose last window hangs over a border that was padded by a number: it writes past its memory. */
function roundedUp(what: string): Defect {
  return {
    backends: ['wasm'],
    what: `${what} with a number of padding and sizes rounded up`,
    when: ({ attrs }) => typeof attrs?.['pad'] === 'number' && ['ceil', 'round'].includes(String(attrs['dimRoundingMode'])),
  };
}

function isBatched(a: Tensor | null | undefined): boolean {
  return (a?.rank ?? 0) > 2 && a?.shape[0] !== 1;
}

function isNchw({ attrs }: KernelInvocation): boolean {
  return attrs?.['dataFormat'] === 'NCHW';
}

/** Whether a parameter has the shape of the last axes of `x`, so that walking it over and over is to broadcast it. */
function isTail(parameter: Tensor | null | undefined, x: Tensor | null | undefined): boolean {
  if (!parameter || !x || parameter.size === 1) return true;
  const shape = parameter.shape.slice(parameter.shape.findIndex((size) => size !== 1));
  return shape.every((size, i) => size === x.shape[x.rank - shape.length + i]);
}

/** Why a kernel must not be explained on this backend; undefined where nothing is wrong. */
export function brokenForward(invocation: KernelInvocation, needed: string): Error | undefined {
  const backend = getBackend();
  const defect = DEFECTS[invocation.kernelName]?.find(({ backends, when }) =>
    backends.includes(backend) && (when?.(invocation) ?? true));
  if (!defect) return undefined;
  const other = ['cpu', 'tensorflow', 'webgl'].find((candidate) => !defect.backends.includes(candidate));
  const wayOut = other ? `use another backend, e.g. await tf.setBackend('${other}')` : 'do it in two steps';
  return new Error(
    `${needed} runs the kernel ${invocation.kernelName}, and TF.js computes ${defect.what} wrongly on the backend ` +
      `"${backend}"; ${wayOut}`,
  );
}
