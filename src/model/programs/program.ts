import { util } from '@tensorflow/tfjs-core';
import type { Tensor, TypedArray } from '@tensorflow/tfjs-core';
import type { WrittenKernel } from '../../tape/writtenKernel';

/** A tensor that does not depend on the input. */
export interface Constant {
  readonly shape: readonly number[];
  /** A weight, which is the model's; numbers that its code wrote; or what is made of such. */
  readonly source: Tensor | Literal | Derived;
}

/** Numbers that the model's code wrote, as a tensor was made of them. */
export interface Literal {
  readonly values: TypedArray;
  readonly dtype: 'float32' | 'int32' | 'bool';
}

/** A constant made of others, e.g. a kernel with a batch norm folded into it. */
export interface Derived {
  /** What it is of those, with all that it depends on but them. */
  readonly name: string;
  readonly from: readonly Constant[];
  readonly make: (from: readonly Tensor[]) => Tensor;
}

/** A number for each tensor that depends on the input. */
export type ValueId = number;

/** What goes into a kernel. */
export type Operand = ValueId | Constant;

/** One kernel to run. */
export interface Step extends WrittenKernel<Operand, ValueId> {
  /** Whether it is an identity that lets no gradient through, as a graph's StopGradient. */
  readonly stops?: true;
  /** The kernels that it is in place of, for who asks what each of them did. */
  readonly parts?: readonly Step[];
}

/**
 * A model's forward pass as a list of kernels, for one set of input shapes. It holds no tensor of its own:
 * its weights are the model's.
 */
export interface Program {
  readonly steps: readonly Step[];
  readonly inputs: readonly ValueId[];
  readonly shapes: ReadonlyMap<ValueId, number[]>;
  /** The values that are not floats. */
  readonly others: ReadonlySet<ValueId>;
  /** What is asked for: outputs and places, in the order in which they were given to the trace. */
  readonly results: readonly Operand[];
}

/** What changes of a program when kernels are fused. */
export type Part = Pick<Program, 'steps' | 'results'> & Partial<Pick<Program, 'shapes'>>;

/** Whether an operand does not depend on the input. */
export function isConstant(operand: Operand | undefined): operand is Constant {
  return typeof operand === 'object';
}

/** What the results of a program's kernels take, at four bytes a number. */
export function bytesOf({ steps, shapes }: Program): number {
  const sizes = steps.flatMap(({ outputs }) => outputs.map((id) => util.sizeFromShape(shapes.get(id) ?? [])));
  return 4 * sizes.reduce((sum, size) => sum + size, 0);
}

/** How many numbers something of a shape holds. */
export function sizeOf({ shape }: { readonly shape: readonly number[] }): number {
  return util.sizeFromShape([...shape]);
}

/** The shape of what goes into a kernel. */
export function shapeOf(operand: Operand, { shapes }: Pick<Program, 'shapes'>): readonly number[] {
  return isConstant(operand) ? operand.shape : (shapes.get(operand) ?? []);
}

/** How many rows the first output of a step has: all axes but the last. */
export function rowsOf({ outputs: [y] }: Step, program: Pick<Program, 'shapes'>): number {
  return sizeOf({ shape: shapeOf(y as ValueId, program).slice(0, -1) });
}
