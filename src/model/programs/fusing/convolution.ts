import { isConstant } from '../program';
import type { Constant, Step } from '../program';

/** Each kernel that convolves, and the one that does so with a bias and an activation. */
export const CONVOLUTIONS: Readonly<Record<string, string>> = {
  Conv2D: 'FusedConv2D',
  FusedConv2D: 'FusedConv2D',
  DepthwiseConv2dNative: 'FusedDepthwiseConv2D',
  FusedDepthwiseConv2D: 'FusedDepthwiseConv2D',
};

/** A convolution with constant weights, channels last, and nothing behind it yet. */
export function isPlainConvolution({ kernel, inputs, attrs }: Step): boolean {
  return (
    kernel in CONVOLUTIONS &&
    isConstant(inputs['filter']) &&
    !isConstant(inputs['x']) &&
    (attrs['activation'] ?? 'linear') === 'linear' &&
    (attrs['dataFormat'] ?? 'NHWC') === 'NHWC' &&
    (inputs['bias'] === undefined || isConstant(inputs['bias']))
  );
}

/** A convolution with another filter and bias, in place of itself and the step behind it. */
export function withParameters(conv: Step, second: Step, filter: Constant, bias: Constant): Step {
  return {
    ...conv,
    kernel: CONVOLUTIONS[conv.kernel] as string,
    attrs: fusedAttrs(conv),
    inputs: { ...conv.inputs, filter, bias },
    outputs: second.outputs,
  };
}

/** What a fused kernel is told: all that a plain one may leave out. */
export function fusedAttrs({ kernel, attrs }: Step): Step['attrs'] {
  const filled = { activation: 'linear', leakyreluAlpha: 0.2, ...attrs };
  return kernel in CONVOLUTIONS
    ? { dataFormat: 'NHWC', ...filled, dilations: attrs['dilations'] ?? [1, 1] }
    : filled;
}

/** How many channels a convolution gives. */
export function channelsOf({ kernel, inputs }: Step): number {
  const [, , channels, last] = (inputs['filter'] as Constant).shape as [number, number, number, number];
  return kernel.includes('Depthwise') ? channels * last : last;
}
