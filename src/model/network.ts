import type { NamedTensorMap, Tensor } from '@tensorflow/tfjs-core';
import type { Forms } from '../gradients/kernelGradient';
import type { Recording } from '../gradients/recording';
import type { LayerPlace } from './findLayer';
import type { InputInfo, Inputs } from './inputs';

/** Where a prepared model has its network, one key for all copies of this module. */
export const NETWORK: unique symbol = Symbol.for('guided-saliency.network') as never;

/** What a model returns from `predict`. */
export type Outputs = Tensor | Tensor[] | NamedTensorMap;

/** A layer's or node's output that is asked for, found in its model. */
export interface Place {
  /** How errors call it. */
  readonly name: string;
  /** Tells it from every other place of the model. */
  readonly key: string;
  /** Which axis of the output the channels are on. */
  readonly channelAxis: 'first' | 'last';
  /** Which of the layer's outputs. */
  readonly output: number | undefined;
}

/** One face for the kinds of model: run it, and look at places inside. */
export interface Network {
  /** What errors call it. */
  readonly kind: 'layers' | 'graph' | 'function';
  /** What it says of its inputs; undefined for a plain function. */
  readonly inputs: readonly InputInfo[] | undefined;
  /** Names of its outputs; undefined where it has none. */
  readonly outputNames: readonly string[] | undefined;
  /** The place of a layer or node. */
  find(place: LayerPlace & { output?: number }): Place;
  /** Whether a run is told by its kernels alone, so that they can be run again in the model's place. */
  readonly replayable: boolean;
  /** Makes ready for a run with such inputs, where the model is prepared. */
  readonly ready?: (x: Inputs, tensors: readonly Tensor[], places: readonly Place[]) => void;
  /** What a prepared model keeps, once it is ready. */
  readonly forms?: () => Forms | undefined;
  /** Runs it, under a recording; `places` are those that `find` gave. */
  run(
    x: Inputs,
    tensors: readonly Tensor[],
    places: readonly Place[],
    recording?: Recording,
  ): { outputs: Outputs; found: Tensor[] };
  /** What the places named could be, where integers come in: a layer or node whose output is not integer. */
  readonly afterIntegers: (input: number) => string | undefined;
}
