import type { Tensor } from '@tensorflow/tfjs-core';
import type { KernelGradient } from '../gradients/kernelGradient';
import type { ReadKernel } from '../rules/readKernel';
import type { TapeNode, Value } from './tape';

/** How the finder of activations reads a node of the tape. */
export function readNode({ kernel, attrs, where, inputs, numbers }: TapeNode): ReadKernel<TapeNode> {
  return {
    kernel,
    attrs,
    where,
    inputs: Object.fromEntries(
      Object.entries(inputs).map(([name, value]) => [name, { value, producer: value.producer ?? undefined }]),
    ),
    number: (name) => numbers[name],
  };
}

/** What is known of an activation made of several kernels. */
export interface Joined extends Pick<TapeNode, 'inner' | 'where' | 'rule' | 'saved'> {
  readonly inner: readonly TapeNode[];
  readonly input: Value;
  readonly output: Value;
  /** The gradient of a kernel that it comes to. */
  readonly gradient?: KernelGradient | undefined;
  /** One of our ops, which can be run again. */
  readonly op?: (x: Tensor) => Tensor;
}

/** One node for an activation made of several kernels. */
export function joinedNode({ input, output, inner, gradient, op, ...rest }: Joined): TapeNode {
  return {
    ...rest,
    kernel: gradient?.kernel ?? 'activation',
    attrs: {},
    list: false,
    shapes: { x: input.shape },
    inputs: { x: input },
    outputs: [output],
    gradient,
    ruled: 'x',
    // whether each number comes from one is not known of somebody's op, but of what the finder finds
    isElementwise: op === undefined || inner.every(({ isElementwise }) => isElementwise),
    inner: gradient ? undefined : inner,
    numbers: {},
    forms: undefined,
    fusedIn: undefined,
    op,
  };
}
