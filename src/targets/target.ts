import type { Tensor } from '@tensorflow/tfjs-core';
import type { LayerPlace } from '../model/place';
import type { UserFunction } from '../model/userFunction';

/** A class of one of several outputs. */
export interface OutputTarget {
  /** The output: its name, or its number. */
  output: string | number;
  /** The class, or one for each sample; left out, the class with the highest score of each sample. */
  class?: number | readonly number[];
}

/** The output of a layer (of a graph node), or a part of it; summed per sample. */
export interface PlaceTarget extends LayerPlace {
  /** Which of the layer's outputs, where it has several. */
  output?: number;
  /** One channel, at every position. */
  channel?: number;
  /** One unit: `[row, column, channel]`, or as many numbers as the output has axes after the batch. */
  unit?: readonly number[];
}

/**
 * A function of the model's outputs, as `predict` returns them, e.g. a loss or a contrast of two classes. It
 * returns a scalar, or one number per sample, which is summed; made of TF.js ops.
 */
export type TargetFunction = UserFunction<Tensor>;

/**
 * Which number is explained: a class, one class for each sample, a place in the model, or any function of its
 * outputs.
 */
export type Target = number | readonly number[] | OutputTarget | PlaceTarget | TargetFunction;

/** Whether a class is explained by its score before the softmax or sigmoid, or by its probability. */
export type Score = 'logit' | 'probability';
