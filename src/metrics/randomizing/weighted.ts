import type { Tensor } from '@tensorflow/tfjs-core';
import type { LayerPath } from '../../model/place';

/** A weight of a layer. */
export interface Weight {
  /** As the layer calls it: `kernel`, `bias`, `gamma` ... */
  readonly name: string;
  readonly tensor: Tensor;
  /** The same for all places in which the weight is. */
  readonly key: object | string;
}

/** A layer with its weights; of a graph, a node with a kernel and what is added to or multiplied with it. */
export interface WeightedLayer {
  readonly path: LayerPath;
  /** Whether it only normalises. */
  readonly isNorm: boolean;
  readonly weights: readonly Weight[];
}

/** Other values for weights, by their keys. */
export type Replaced = ReadonlyMap<Weight['key'], Tensor>;

/** A copy of a model that owns some of its weights. */
export interface RandomCopy {
  /** Frees the weights that are its own; the others are the original's. */
  dispose(): unknown;
}

/** A model whose weights can be told apart, and replaced in a copy. */
export interface WeightedModel<M> {
  /** From the input to the output. */
  readonly layers: readonly WeightedLayer[];
  /**
   * A copy with other weights.
   *
   * @param owned What it disposes with itself.
   */
  readonly copy: (replaced: Replaced, owned: readonly Tensor[]) => M & RandomCopy;
}

/** Whether a tensor holds weights: floats, and more than one, which is no constant of the arithmetic. */
export function isWeights(tensor: Tensor | null | undefined): tensor is Tensor {
  return !!tensor && tensor.dtype === 'float32' && tensor.size > 1;
}
