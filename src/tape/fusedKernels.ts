import { engine } from '@tensorflow/tfjs-core';
import type { NamedAttrMap, NamedTensorMap, Tensor } from '@tensorflow/tfjs-core';
import type { KernelInvocation } from '../backends/engine';
import { isReplaced } from '../gradients/gradientOf';

/** The scopes of TF.js's fused ops. */
export const FUSED_SCOPES: ReadonlySet<string> = new Set([
  'fusedConv2d__op',
  'fusedDepthwiseConv2d__op',
  'fusedMatMul__op',
]);

const FUSED_KERNELS: ReadonlySet<string> = new Set(['FusedConv2D', 'FusedDepthwiseConv2D', '_FusedMatMul']);

/** The kernel that a fused activation stands for. */
export const ACTIVATION_KERNELS: Readonly<Record<string, string>> = {
  relu: 'Relu',
  relu6: 'Relu6',
  elu: 'Elu',
  leakyrelu: 'LeakyRelu',
  prelu: 'Prelu',
  sigmoid: 'Sigmoid',
};

/** The kernel that the activation of a fused kernel stands for; undefined without one. */
export function fusedActivation({ kernelName, attrs }: KernelInvocation): string | undefined {
  if (!FUSED_KERNELS.has(kernelName)) return undefined;
  return ACTIVATION_KERNELS[attrs?.['activation'] as string];
}

/**
 * How to run a fused kernel and its activation one after the other, where they must be seen apart.
 *
 * The gradient of a fused activation is read off its output. That cannot be done for a PReLU (the slope may
 * be negative), and must not where the score before a sigmoid may be asked for, or a user registered a
 * gradient.
 */
export function unfused(invocation: KernelInvocation): (() => Tensor) | undefined {
  const { kernelName, inputs, attrs = {} } = invocation;
  const kernel = fusedActivation(invocation);
  if (!kernel) return undefined;
  const alpha = Number(attrs['leakyreluAlpha'] ?? 0);
  const readable = kernel !== 'Prelu' && kernel !== 'Sigmoid' && !(kernel === 'LeakyRelu' && !(alpha > 0));
  if (readable && !isReplaced(kernel)) return undefined;

  const { preluActivationWeights: slope, ...rest } = inputs;
  return () => {
    const x = run(
      kernelName,
      { ...rest, preluActivationWeights: undefined },
      { ...attrs, activation: 'linear' },
    );
    if (kernel === 'Prelu') return run(kernel, { x, alpha: slope }, {});
    return run(kernel, { x }, kernel === 'LeakyRelu' ? { alpha } : {});
  };
}

function run(kernel: string, inputs: Record<string, Tensor | null | undefined>, attrs: NamedAttrMap): Tensor {
  return engine().runKernel(kernel, inputs as NamedTensorMap, attrs);
}
