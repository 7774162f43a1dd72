import type { Tensor } from '@tensorflow/tfjs-core';
import type { KernelInvocation } from '../../backends/engine';
import type { Forms } from '../../gradients/weight';
import type { Reach } from '../../rules/findActivation';
import type { GradientRule } from '../../rules/rule';
import type { RectifierOp } from '../writtenKernel';
import type { RuleFor } from '../../rules/ruleFor';

/** What a recording is told of what it is to follow. */
export interface RecordingOptions {
  /** The rules in force, before any other. */
  readonly rules?: RuleFor | undefined;
  /** Of the program that is run: its constants outlive the recording and need no second handle. */
  readonly forms?: Forms | undefined;
  /**
   * Whether what is followed is a whole call: where no program runs, and nobody follows from outside, all
   * that it does not follow is constant.
   */
  readonly isCall?: boolean;
  /** How far to look for activations made of several kernels: left out, each kernel stands alone. */
  readonly reach?: Reach | undefined;
  /** The number that a tensor of the model holds, where it is a constant of one. */
  readonly numberOf?: ((tensor: Tensor) => number | undefined) | undefined;
  /**
   * Whether the inputs and outputs of every node are kept, for another way back than the gradient's; fused
   * activations then run apart.
   *
   * @default false
   */
  readonly keepsAll?: boolean;
}

/** Whoever writes down what a model runs, beside a recording. */
export interface Witness {
  /**
   * A kernel that is to run; gives its outputs.
   *
   * @param run Runs it.
   * @param hidden Runs what nobody is to see.
   */
  kernel(
    invocation: KernelInvocation,
    where: string | undefined,
    run: () => Tensor | Tensor[],
    hidden: <T>(body: () => T) => T,
  ): Tensor | Tensor[];
  /** A `tf.customGrad`, whose inside is not seen. */
  customGrad(): void;
  /** The output of an identity through which no gradient passes. */
  stop(y: Tensor): void;
  /** One of our ops; gives what is to be told of its output. */
  rectifier(op: RectifierOp, x: Tensor, rule: GradientRule, where: string | undefined): (y: Tensor) => void;
}
