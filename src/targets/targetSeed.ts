import type { Tensor } from '@tensorflow/tfjs-core';
import type { Value } from '../tape/tape';
import type { Chosen } from './target';

/** A target, worked out on one run of a model: where a gradient starts, and with what. */
export interface TargetSeed {
  /** Where the gradient starts; undefined where that does not depend on the input. */
  readonly from: Value | undefined;
  /** What goes back from there, of its shape. */
  readonly dy: Tensor;
  /** The number of each sample, `[batch]`; of all together, `[]`, where a target function returns that. */
  readonly value: Tensor;
  /** The class of each sample; null where the target is no class. */
  readonly chosen: Chosen | null;
}
