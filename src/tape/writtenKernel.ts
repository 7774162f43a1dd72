import type { Tensor } from '@tensorflow/tfjs-core';
import type { GradientRule } from '../rules/rule';

/**
 * A kernel written down: on a tape between values, which may hold numbers; in a program between places that
 * hold none.
 */
export interface WrittenKernel<Input, Output> {
  readonly kernel: string;
  readonly attrs: Readonly<Record<string, unknown>>;
  /** What goes in, by TF.js's names. */
  readonly inputs: Readonly<Record<string, Input>>;
  /** Whether the kernel takes its inputs as an array. */
  readonly list: boolean;
  readonly outputs: readonly Output[];
  /** The layer that ran it, as a path. */
  readonly where: string | undefined;
  /** The rule in force at it. */
  readonly rule?: GradientRule | undefined;
  /** One of our ops, run as one rectifier: in place of the kernel. */
  readonly op?: RectifierOp | undefined;
}

/** What one of our ops runs on the way forward. */
export type RectifierOp = ((x: Tensor) => Tensor) & {
  /** Whether that is code of the user's own, which may run other kernels each time. */
  readonly ownCode?: boolean;
};
