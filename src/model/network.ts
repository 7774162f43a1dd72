import type { NamedTensorMap, Tensor } from '@tensorflow/tfjs-core';
import type { Forms } from '../gradients/weight';
import type { Recording } from '../tape/recording/recording';
import type { LayerPlace } from './place';
import type { InputInfo, Inputs } from './inputs';

/** Where a prepared model has its network, one key for all copies of this module. */
export const NETWORK: unique symbol = Symbol.for('guided-saliency.network') as never;

/** Whether a value has a network as a prepared model has it, which nobody need load to be told. */
export function hasNetwork(value: unknown): boolean {
  return typeof value === 'object' && value !== null && NETWORK in value;
}

/** What a model returns from `predict`. */
export type Outputs = Tensor | Tensor[] | NamedTensorMap;

/** A layer's or node's output that is asked for, found in its model. */
export interface Place {
  /** How errors call it. */
  readonly name: string;
  /** Tells it from every other place of the model. */
  readonly key: string;
  /** Which axis of the output the channels are on. */
  readonly channelAxis: ChannelAxis;
  /** Which of the layer's outputs. */
  readonly output: number | undefined;
}

/** Which axis of a tensor the channels are on: right after the batch, or at the end. */
export type ChannelAxis = 'first' | 'last';

/** A layer's or node's output on the way to a score. */
export interface Waypoint {
  readonly place: LayerPlace & { output?: number };
  /** Null for any size; undefined where the model does not say. */
  readonly shape: readonly (number | null)[] | undefined;
  readonly channelAxis: ChannelAxis;
}

/** What a network is run on. */
export interface Run {
  /** As the model takes it. */
  readonly x: Inputs;
  /** The same, as a list. */
  readonly tensors: readonly Tensor[];
  /** Which of the model's outputs are asked for: all, as `predict` gives them; one, by its number; none. */
  readonly outputs: 'all' | 'none' | number;
  /** Those that `find` gave, and whose outputs are asked for. */
  readonly places: readonly Place[];
  /** How many of them, the first, ways back end at, 0 for the inputs: what ran before those is not kept. */
  readonly begins?: number;
  /** Whether RNNs may take all their steps in one kernel: nobody asks what a step does. */
  readonly inSequences?: boolean;
}

/** What a run gave. */
export interface Found {
  /** In the structure in which `predict` gives them; the one asked for by its number; undefined for none. */
  readonly outputs: Outputs | undefined;
  /** What was at the places, in their order. */
  readonly found: Tensor[];
}

/** Whether an output has several cells beside batch and channels; null where its shape does not say. */
export function hasSpace(shape: Waypoint['shape'], channelAxis: ChannelAxis): boolean | null {
  if (!shape) return null;
  const channels = channelAxis === 'first' ? 1 : shape.length - 1;
  const space = shape.filter((_, axis) => axis > 0 && axis !== channels);
  if (space.some((size) => size !== null && size !== 1)) return true;
  return space.includes(null) ? null : false;
}

/** One face for the kinds of model: run it, and look at places inside. */
export interface Network {
  /** What errors call it. */
  readonly kind: 'layers' | 'graph' | 'function';
  /** Tells where its runs start from other places; undefined for its inputs. */
  readonly from?: string;
  /** What it says of its inputs; undefined for a plain function. */
  readonly inputs: readonly InputInfo[] | undefined;
  /** Names of its outputs; undefined where it has none. */
  readonly outputNames: readonly string[] | undefined;
  /** The place of a layer or node. */
  find(place: LayerPlace & { output?: number }): Place;
  /**
   * All that says what its kernels are, to be compared from one call to the next; undefined where kernels
   * alone do not tell what it does, so that they cannot be run again in its place.
   */
  readonly structure?: () => readonly unknown[] | undefined;
  /**
   * Refuses, before anything is run, what cannot be run of what leads to the target, or has no gradient on
   * the way there.
   *
   * @param target A place, or an output by its name or number; undefined where it is the only output, or is
   *   not known yet.
   * @param wrt Where the way begins; undefined for the inputs.
   */
  readonly checkPath?: (target: Place | string | number | undefined, wrt: Place | undefined) => void;
  /** The number that a tensor of the model holds, where it is a constant of one number, as graphs have. */
  readonly numberOf?: (tensor: Tensor) => number | undefined;
  /** The node of a graph that reads a weight, by its name. */
  readonly nodeOfWeight?: (weight: Tensor) => string | undefined;
  /** What the results of all kernels of a run take, in bytes; undefined where that is not known. */
  readonly bytesOf?: (run: Run) => number | undefined;
  /**
   * Whether each sample of a run is known to stand for itself, so that a part of the batch may be run by
   * itself; left out where there is no telling.
   */
  readonly standsAlone?: (run: Run) => boolean;
  /** Whether it runs the same kernels at each of many steps, so that a program of it is far shorter. */
  readonly takesSteps?: (run: Run) => boolean;
  /** Makes ready for a run, and gives what is made of weights for it. */
  readonly ready?: (run: Run) => Forms | undefined;
  /** Runs what leads to the outputs and places asked for, and no more. */
  run(run: Run, recording?: Recording): Found;
  /** What the places named could be, where integers come in: a layer or node whose output is not integer. */
  readonly afterIntegers: (input: number) => string | undefined;
}
