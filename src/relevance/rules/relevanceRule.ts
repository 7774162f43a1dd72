import type { Tensor } from '@tensorflow/tfjs-core';
import type { Rectified } from '../../rules/rule';

/** What goes into a layer, by names that are the same everywhere. */
export type RelevanceInputs = {
  /** What goes in; at a sum its terms, along a first axis of their own. */
  readonly x: Tensor;
  /** The weights, with the batch norm behind them merged in; the number 1 at sums and averages. */
  readonly filter: Tensor;
  /** The bias, where there is one. */
  readonly bias?: Tensor;
};

/**
 * What a relevance rule has at hand where relevance is shared out: at a layer with weights, a sum or an
 * average.
 *
 * All belongs to the library: a rule disposes none of it.
 */
export interface RelevanceAt extends Rectified {
  /** The relevance that arrives, in the shape of the output. */
  readonly dy: Tensor;
  /** What goes in. */
  readonly inputs: RelevanceInputs;
  /** What a gradient of `dy` would be. Computed when first read. */
  readonly dx: Tensor;
  /** The output, before any activation. Computed when first read. */
  readonly y: Tensor;
  /**
   * The output for other inputs: `again({ x: tf.relu(x), filter })`. What is left out stays as it is; without
   * its bias for `{ bias: null }`.
   */
  readonly again: (inputs: Readonly<Record<string, Tensor | null>>) => Tensor;
  /** The gradient to `x` of what arrives, in the shape of the output, with other inputs or its own. */
  readonly back: (arriving: Tensor, inputs?: Readonly<Record<string, Tensor | null>>) => Tensor;
  /** Whether the bias is to be left out of the denominators, whatever the rule says of it. */
  readonly ignoresBias: boolean;
}

/**
 * A relevance rule: how what arrives at the output of a layer is shared out among its inputs.
 *
 * @param at What arrives (`dy`), what went in (`inputs`), and the layer to be run again, forward and back.
 * @returns The relevance of each value of `at.inputs.x`, in its shape. The library disposes it.
 */
export type RelevanceRule = (at: RelevanceAt) => Tensor;

/** What becomes of the bias. */
export interface BiasOption {
  /**
   * `'ignore'` leaves the bias out of the denominators, so that no relevance is lost to it; left out, it
   * takes its share.
   */
  bias?: 'ignore' | undefined;
}
