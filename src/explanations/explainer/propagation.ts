import type { Tensor } from '@tensorflow/tfjs-core';
import type { InputList } from '../../model/inputs';
import type { Leaving } from '../../tape/back/backward';
import type { Recording } from '../../tape/recording/recording';
import type { TapeNode, Value } from '../../tape/tape';

/** Another way back than the gradient's. The model is then run as it is written, and all of it is kept. */
export interface Propagation {
  /**
   * What the model is run on as well: a tensor for each of its inputs, of their shapes, to be set against.
   */
  readonly reference?: (inputs: InputList) => Tensor[];
  /** What starts where the gradient starts with `dy`, at `y`; left out, the same. */
  readonly start?: (dy: Tensor, y: Tensor) => Tensor;
  /**
   * What a map is made of: what arrived at an input, or a layer, and what is there; left out, what arrived.
   */
  readonly end?: (arrived: Tensor, here: Tensor, there: Tensor) => Tensor;
  /**
   * What goes back along a path, to what is wanted.
   *
   * @param note Takes where a rule is in force: the layer, or the kernel where that is of none.
   */
  readonly through: (
    run: PropagatedRun,
    path: readonly TapeNode[],
    wanted: readonly Value[],
    note: (place: string) => void,
  ) => Leaving;
}

/** A run of a model that is gone back through. */
export interface PropagatedRun {
  readonly recording: Recording;
  /** The run on what it is set against. */
  readonly reference: Recording | undefined;
  /** What a graph calls the node that reads a weight. */
  readonly nodeOfWeight: ((weight: Tensor) => string | undefined) | undefined;
}
