import type { Tensor } from '@tensorflow/tfjs-core';

/**
 * What a rectifier has at hand when its gradient is asked for.
 *
 * All three have the shape of the rectifier's output, `[batch, ...]`. They belong to the library: a rule
 * reads them and returns a tensor of the same shape, it does not dispose them.
 */
export interface Rectified {
  /** The gradient arriving from the target: change of the target per unit of the rectifier's output. */
  readonly dy: Tensor;
  /** The ordinary gradient leaving: change of the target per unit of its input. Computed when first read. */
  readonly dx: Tensor;
  /** The rectifier's output. */
  readonly y: Tensor;
}

/**
 * A gradient rule: what goes back through a rectifier instead of its ordinary gradient.
 *
 * A rule is pure and treats each sample of the batch by itself. It returns a float32 tensor of the shape of
 * `dy`.
 *
 * @param at What arrives (`dy`), what would ordinarily leave (`dx`), and the output (`y`).
 * @returns What leaves. The library disposes it.
 */
export type GradientRule = (at: Rectified) => Tensor;
