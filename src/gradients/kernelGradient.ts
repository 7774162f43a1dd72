import type { Tensor } from '@tensorflow/tfjs-core';

/** Tensors made of weights alone, by the program that a model is run as. */
export interface Forms {
  /** Whether they are kept from one call to the next, as those of a prepared model are. */
  readonly lasting: boolean;
  /** Whether a tensor is one of the program's constants, which outlive a call. */
  has(tensor: Tensor): boolean;
  /** A form of a tensor. Where forms last it is made once, and belongs to whoever keeps it. */
  of(tensor: Tensor, name: string, make: (tensor: Tensor) => Tensor): Tensor;
}

/** A run of a kernel, as its gradient sees it. */
export interface KernelCall {
  readonly kernel: string;
  /** What the kernel was told apart from its tensors, e.g. `strides`. */
  readonly attrs: Readonly<Record<string, unknown>>;
  /** Shape of each input that was given, by name. */
  readonly shapes: Readonly<Record<string, number[]>>;
  /** The inputs that depend on what is explained. */
  readonly active: ReadonlySet<string>;
  /** Shape of each output. */
  readonly outputShapes: readonly number[][];
  /** The gradient arriving at each output, zeros where none arrives. */
  readonly dys: readonly Tensor[];
  /** What is made of weights, where a model is run as a program. */
  readonly forms: Forms | undefined;
  /** A tensor that `needs` names: an input, `'output'` (the first), or `'output1'`, `'output2'` ... */
  saved(name: string): Tensor;
  /**
   * Passes a gradient through a rectifier under the rule in force there.
   *
   * @param ordinary The ordinary gradient to the rectifier's input, from the one arriving at its output; with
   *   `cut` from the positive part of that, which is what guided backpropagation comes to.
   * @param y The rectifier's output.
   */
  rectify(dy: Tensor, ordinary: Through, y: () => Tensor): Tensor;
}

/** A gradient through a rectifier, with `cut` of the positive part of what arrives. */
export type Through = (dy: Tensor, cut: boolean) => Tensor;

/** Names of what the gradient to each input needs from the forward pass. */
export type Needs = Readonly<Record<string, readonly string[]>>;

/** The gradient of one kernel with respect to its inputs. */
export interface KernelGradient {
  /** The kernel's name in TF.js, e.g. `'Conv2D'`. */
  readonly kernel: string;
  /**
   * What the gradient to each input needs from the forward pass: names of inputs, or `'output'`. `'*'` stands
   * for any input. Nothing else is kept alive, and what only an unasked-for gradient needs is not kept
   * either.
   */
  readonly needs?: Needs | ((attrs: KernelCall['attrs']) => Needs);
  /** The gradient to each input, by its name, as a thunk: those that are not asked for cost nothing. */
  readonly backward: (dy: Tensor, call: KernelCall) => Readonly<Record<string, () => Tensor>>;
  /**
   * For a rectifier: the gradient to its input of the positive part of `dy`, where that takes no pass of its
   * own.
   */
  readonly cut?: (dy: Tensor, call: KernelCall) => Tensor;
}
