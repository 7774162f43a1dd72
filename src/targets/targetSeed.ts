import type { Tensor } from '@tensorflow/tfjs-core';
import type { Value } from '../tape/tape';

/** A target, worked out on one run of a model. */
export interface Explained {
  /** Where the gradient starts; undefined where that does not depend on the input. */
  readonly from: Value | undefined;
  /** What goes back from there, of its shape. */
  readonly dy: Tensor;
  /**
   * The explained number of each sample, `[batch]`; of all together, `[]`, where a target function returns
   * that.
   */
  readonly value: Tensor;
  /** The explained class of each sample, int32 `[batch]`; null where no class is explained. */
  readonly classes: Tensor | null;
}
