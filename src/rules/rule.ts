import type { Tensor } from '@tensorflow/tfjs-core';

/**
 * What a kernel under a rule has at hand when its gradient is asked for; a rectifier, mostly.
 *
 * At a rectifier all have the shape of its output, `[batch, ...]`. They belong to the library: a rule reads
 * them and returns a tensor of the shape of `dx`, it does not dispose them.
 */
export interface Rectified {
  /** The gradient arriving from the target: change of the target per unit of the kernel's output. */
  readonly dy: Tensor;
  /** The ordinary gradient leaving: change of the target per unit of its input. Computed when first read. */
  readonly dx: Tensor;
  /** The kernel's output. */
  readonly y: Tensor;
  /**
   * The kernel's inputs by TF.js's names, e.g. `x` and `filter` of a Conv2D, `x` of an activation. Reading
   * them throws where they are not at hand: where they are made and used up inside of a fused kernel.
   */
  readonly inputs: Readonly<Record<string, Tensor>>;
  /**
   * Runs the kernel again, with other tensors in place of some inputs: `again({ x: tf.relu(x) })`. It may be
   * differentiated, e.g. `tf.grad((x) => again({ x }))(inputs.x, dy)`. The rule disposes nothing of it.
   */
  readonly again: (inputs: Readonly<Record<string, Tensor>>) => Tensor;
}

/**
 * A gradient rule: what goes back through a rectifier, or another kernel, instead of its ordinary gradient.
 *
 * A rule is pure and treats each sample of the batch by itself. It returns a float32 tensor of the shape of
 * `dx`, which at a rectifier is that of `dy`.
 *
 * @param at What arrives (`dy`), what would ordinarily leave (`dx`), and the output (`y`).
 * @returns What leaves. The library disposes it.
 */
export type GradientRule = (at: Rectified) => Tensor;
