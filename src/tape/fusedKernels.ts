import { clone, engine, reshape } from '@tensorflow/tfjs-core';
import type { NamedAttrMap, NamedTensorMap, Tensor } from '@tensorflow/tfjs-core';
import type { KernelInvocation } from '../backends/engine';
import { refusedBias, refusesBias } from '../backends/refusesBias';
import { ours } from '../errors/door';
import { isReplaced } from '../gradients/gradientOf';
import { rectifierKinds } from '../rules/rectifierKinds';

/*
 * Fused kernels: a product, plus a bias, through an activation, in one kernel. They run as they are, and are
 * written down as the kernels that they stand for: no gradient needs what lies between.
 */

/** The scopes of TF.js's fused ops. */
export const FUSED_SCOPES: ReadonlySet<string> = new Set([
  'fusedConv2d__op',
  'fusedDepthwiseConv2d__op',
  'fusedMatMul__op',
]);

/** The product in each fused kernel, and its inputs. */
const PRODUCTS: Readonly<
  Record<string, { readonly kernel: string; readonly inputs: readonly [string, string] }>
> = {
  FusedConv2D: { kernel: 'Conv2D', inputs: ['x', 'filter'] },
  FusedDepthwiseConv2D: { kernel: 'DepthwiseConv2dNative', inputs: ['x', 'filter'] },
  _FusedMatMul: { kernel: 'BatchMatMul', inputs: ['a', 'b'] },
};

/** The kernel that a fused activation stands for. */
const ACTIVATIONS: Readonly<Record<string, string | undefined>> = {
  ...Object.fromEntries(rectifierKinds.flatMap(({ fused, kernel }) => (fused ? [[fused, kernel]] : []))),
  sigmoid: 'Sigmoid',
};

/** A kernel that a fused one stands for. The output of the one before it is its `x`. */
export interface FusedPart {
  readonly kernel: string;
  readonly attrs: NamedAttrMap;
  readonly inputs: KernelInvocation['inputs'];
}

/** The kernels that a fused one stands for, in their order; undefined for any other kernel. */
export function fusedParts({ kernelName, inputs, attrs = {} }: KernelInvocation): FusedPart[] | undefined {
  const product = PRODUCTS[kernelName];
  if (!product) return undefined;
  const { bias } = inputs;
  const activation = activationOf(attrs);
  const [first, second] = product.inputs;
  const factors = { [first]: inputs[first], [second]: inputs[second] };
  const parts: FusedPart[] = [{ kernel: product.kernel, attrs, inputs: factors }];
  if (bias) parts.push({ kernel: 'BiasAdd', attrs, inputs: { bias } });
  if (activation !== undefined) {
    parts.push({ kernel: activation, attrs: { alpha: attrs['leakyreluAlpha'] ?? 0 }, inputs: {} });
  }
  return parts;
}

function activationOf({ activation }: NamedAttrMap): string | undefined {
  if (activation === undefined || activation === null || activation === 'linear') return undefined;
  const kernel = ACTIVATIONS[activation as string];
  if (kernel === undefined) throw new Error(`internal: a kernel is fused with "${activation as string}"`);
  return kernel;
}

/**
 * How to run a fused kernel and its activation one after the other, where they must be seen apart.
 *
 * The gradient of a fused activation is read off its output. That cannot be done for a PReLU (the slope may
 * be negative), and must not where the score before a sigmoid may be asked for, or a user registered a
 * gradient.
 *
 * @param always Whether to run every activation apart.
 */
export function unfused(invocation: KernelInvocation, always = false): (() => Tensor) | undefined {
  const { kernelName, inputs, attrs = {} } = invocation;
  const kernel = kernelName in PRODUCTS ? activationOf(attrs) : undefined;
  if (kernel === undefined) return undefined;
  const alpha = Number(attrs['leakyreluAlpha'] ?? 0);
  const readable = kernel !== 'Prelu' && kernel !== 'Sigmoid' && !(kernel === 'LeakyRelu' && !(alpha > 0));
  if (readable && !always && !isReplaced(kernel)) return undefined;

  const { preluActivationWeights: slope, ...rest } = inputs;
  return () => activated(kernel, run(kernelName, rest, { ...attrs, activation: 'linear' }), alpha, slope);
}

/**
 * How to run a fused kernel with a constant bias that the backend at work refuses: with a copy of it that is
 * written in one axis, or, where there is not a number for each channel, as a sum of its own.
 *
 * @param isActive Whether the bias depends on what is watched: as TF.js runs no such model, nor do we.
 * @param needed How errors call what runs the kernel.
 */
export function withOtherBias(
  { kernelName, inputs, attrs = {} }: KernelInvocation,
  isActive: boolean,
  needed: string,
): (() => Tensor) | undefined {
  const { bias, preluActivationWeights: slope, ...rest } = inputs;
  if (!(kernelName in PRODUCTS) || !bias || !refusesBias(bias)) return undefined;
  if (isActive) throw ours(refusedBias(kernelName, needed));
  if (bias.size > 1 && bias.shape[bias.rank - 1] === bias.size)
    return () => run(kernelName, { ...inputs, bias: clone(reshape(bias, [bias.size])) }, attrs);
  const kernel = activationOf(attrs);
  return () => {
    const y = run('Add', { a: run(kernelName, rest, { ...attrs, activation: 'linear' }), b: bias }, {});
    return kernel === undefined ? y : activated(kernel, y, Number(attrs['leakyreluAlpha'] ?? 0), slope);
  };
}

function activated(kernel: string, x: Tensor, alpha: number, slope: Tensor | null | undefined): Tensor {
  if (kernel === 'Prelu') return run(kernel, { x, alpha: slope }, {});
  return run(kernel, { x }, kernel === 'LeakyRelu' ? { alpha } : {});
}

function run(kernel: string, inputs: Record<string, Tensor | null | undefined>, attrs: NamedAttrMap): Tensor {
  return engine().runKernel(kernel, inputs as NamedTensorMap, attrs);
}
