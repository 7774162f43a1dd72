import type { Tensor } from '@tensorflow/tfjs-core';
import type { Weight } from './weight';

/** The names of a kernel's inputs, which TF.js types as a record by name or as a list. */
export type NameOf<Inputs> = Inputs extends readonly unknown[] ? `${number}` : keyof Inputs & string;

/** How an output is named: the first, or a later one. */
export type OutputName = 'output' | `output${number}`;

/** A run of a kernel, as its gradient sees it. */
export interface KernelCall<Name extends string = string, Attrs = Record<string, unknown>> {
  readonly kernel: string;
  /** What the kernel was told apart from its tensors, e.g. `strides`. */
  readonly attrs: Readonly<Attrs>;
  /** Shape of each input that was given, by name. */
  readonly shapes: Readonly<Record<Name, number[]>>;
  /** The inputs that depend on what is explained. */
  readonly active: ReadonlySet<Name>;
  /** Shape of each output. */
  readonly outputShapes: readonly number[][];
  /** The gradient arriving at each output, zeros where none arrives. */
  readonly dys: readonly Tensor[];
  /** A tensor that `needs` names: an input, `'output'` (the first), or `'output1'`, `'output2'` ... */
  saved(name: Name | OutputName): Tensor;
  /** An input as a weight, or several inputs as one; `needs` names them. */
  weight(input: Name, ...others: Name[]): Weight;
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

/** `Needs` in the names of a kernel. */
type NeedsOf<Name extends string> = Readonly<Partial<Record<Name | '*', readonly (Name | OutputName)[]>>>;

/** A row of the table in the names and attributes of its kernel, of which `Lacking` may have no gradient. */
interface Row<Name extends string, Attrs, Lacking extends Name> {
  readonly needs?: NeedsOf<Name> | ((attrs: Attrs) => NeedsOf<Name>);
  readonly backward: (
    dy: Tensor,
    call: KernelCall<Name, Attrs>,
  ) => Readonly<Record<Exclude<Name, Lacking>, () => Tensor> & Partial<Record<Lacking, () => Tensor>>>;
  readonly gate?: NonNullable<KernelGradient['gate']>;
}

/**
 * A row of the table, held to TF.js's own types of the kernel: a misspelt name is no row.
 *
 *   kernelGradient<Conv2DInputs, Conv2DAttrs>('Conv2D', { needs, backward })
 */
export function kernelGradient<Inputs, Attrs = object, Lacking extends NameOf<Inputs> = never>(
  kernel: string,
  row: Row<NameOf<Inputs>, Attrs, Lacking>,
): KernelGradient {
  const inNamesOfItsOwn: object = row; // the table knows no more of a row than that
  return { kernel, ...inNamesOfItsOwn } as KernelGradient;
}
