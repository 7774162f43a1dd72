import type { Tensor } from '@tensorflow/tfjs-core';
import type { GradientRule } from '../rules/rule';
import type { Forms, KernelGradient } from '../gradients/kernelGradient';

/** A tensor that depends on what is watched, independent of the tensor objects that stand for it. */
export interface Value {
  readonly shape: number[];
  readonly dtype: string;
  /** The node that computed it; none for a watched tensor. */
  readonly producer: TapeNode | null;
  readonly consumers: TapeNode[];
  /**
   * A second handle on the data, where a gradient needs them: TF.js's executors dispose tensors as they go.
   */
  alias: Tensor | null;
}

/** A kernel that ran on a watched value. */
export interface TapeNode {
  readonly kernel: string;
  /** The layer that ran it, as a path. */
  readonly where: string | undefined;
  readonly attrs: Readonly<Record<string, unknown>>;
  readonly shapes: Readonly<Record<string, number[]>>;
  /** The inputs that depend on what is watched. */
  inputs: Readonly<Record<string, Value>>;
  readonly outputs: readonly Value[];
  readonly gradient: KernelGradient | undefined;
  /** The constants among what its gradient needs, and the active inputs as `Value`s. */
  readonly saved: ReadonlyMap<string, Tensor | Value>;
  /** The rule that replaces the gradient to the input `ruled`, or to a fused activation. */
  rule: GradientRule | undefined;
  /** The input that the rule acts on. */
  ruled: string;
  /** The kernels inside, where the node is one of our ops made of several. */
  readonly inner: readonly TapeNode[] | undefined;
  /** What is made of weights, where the model is run as a program. */
  readonly forms: Forms | undefined;
  /** On a rectifier: the clip behind it that is part of it, e.g. the `Minimum` of a ReLU6. */
  clippedBy: TapeNode | undefined;
  /** On such a clip, and on what changes the shape between the two: the rectifier. */
  clips: TapeNode | undefined;
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
  const tensor = kept && 'consumers' in kept ? kept.alias : kept;
  if (!tensor) throw new Error(`internal: ${node.kernel} did not keep "${name}"`);
  return tensor;
}
