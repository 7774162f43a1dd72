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
}

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
   * For a rectifier whose gradient is a gate, `dy` where its output is above 0, and below the limit: as data,
   * so that a rule may close the gate further in the same pass.
   */
  readonly gate?: { readonly limit?: number };
}
