import { zeros } from '@tensorflow/tfjs-core';
import type { Tensor } from '@tensorflow/tfjs-core';
import type { KernelGradient } from '../gradients/kernelGradient';
import type { Forms } from '../gradients/weight';
import type { WrittenKernel } from './writtenKernel';

/** A tensor that depends on what is watched, independent of the tensor objects that stand for it. */
export interface Value {
  readonly shape: number[];
  readonly dtype: string;
  /** The node that computed it; none for a watched tensor, and where no gradient passes. */
  producer: TapeNode | null;
  readonly consumers: TapeNode[];
  /**
   * A second handle on the data, where a gradient needs them: TF.js's executors dispose tensors as they go.
   */
  alias: Tensor | null;
  /** Where the gate that made the data is open, while no gradient needs the data themselves. */
  opening: Tensor | null;
}

/**
 * A kernel that ran on a watched value, or several that are one activation. Its inputs are those that depend
 * on what is watched; its rule replaces the gradient to the input `ruled`.
 */
export interface TapeNode extends WrittenKernel<Value, Value> {
  readonly shapes: Readonly<Record<string, number[]>>;
  readonly gradient: KernelGradient | undefined;
  /** The constants among what its gradient needs, and the active inputs as `Value`s. */
  readonly saved: ReadonlyMap<string, Tensor | Value>;
  /** The input that a rule acts on. */
  readonly ruled: string;
  /** Whether each number of the output comes from one number of that input. */
  readonly isElementwise: boolean;
  /** The kernels inside, where it is made of several. */
  readonly inner: readonly TapeNode[] | undefined;
  /** The inputs that are a constant of the model, and one number. */
  readonly numbers: Readonly<Record<string, number>>;
  /** What is made of weights, where the model is run as a program. */
  readonly forms: Forms | undefined;
  /** The fused kernel that it was run as a part of. */
  readonly fusedIn: string | undefined;
}

/** Whether a value holds integers or booleans, which have no gradient. */
export function holdsIntegers({ dtype }: Value): boolean {
  return dtype !== 'float32' && dtype !== 'complex64';
}

/** The gradient of what does not depend on a value. */
export function zerosFor({ shape, dtype }: Value): Tensor {
  return zeros(shape, dtype === 'complex64' ? dtype : 'float32');
}

/** How errors call a node. */
export function nameOf(node: TapeNode): string {
  return node.where === undefined
    ? `kernel ${node.kernel}`
    : `kernel ${node.kernel} in layer "${node.where}"`;
}

/** What a node kept of its forward pass, by the name that its gradient's `needs` have for it. */
export function savedOf(node: TapeNode, name: string): Tensor {
  const kept = node.saved.get(name);
  const tensor = kept && 'consumers' in kept ? (kept.alias ?? kept.opening) : kept;
  if (!tensor) throw new Error(`internal: ${node.kernel} did not keep "${name}"`);
  return tensor;
}
