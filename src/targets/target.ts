import type { Tensor } from '@tensorflow/tfjs-core';
import type { LayerPlace } from '../model/place';
import type { UserFunction } from '../model/userFunction';

/** A class of one of several outputs. */
export interface OutputTarget {
  /** The output: its name, or its number. */
  output: string | number;
  /** The class, or one for each sample; left out, the class with the highest score of each sample. */
  class?: number | readonly number[];
  /** Where, in an output that has scores at many places: as in `PlacedTarget`. */
  at?: readonly number[];
}

/** A class at one place of an output that has scores at many, such as `[batch, time, classes]`. */
export interface PlacedTarget {
  /** An index for each axis between the batch and the classes, e.g. `[3]`, or `[row, column]`. */
  at: readonly number[];
  /** The class, or one for each sample; left out, the class with the highest score there, of each sample. */
  class?: number | readonly number[];
  /** Which of several outputs: its name, or its number. */
  output?: string | number;
}

/** The score of a class less those of others; what `contrast` makes. */
export interface ContrastTarget {
  /** The class, or one for each sample; left out, the class with the highest score of each sample. */
  class?: number | readonly number[];
  /** The classes it is set against, or a list of them for each sample; null for the two highest others. */
  others: readonly number[] | readonly (readonly number[])[] | null;
  /** How much of the others' mean is taken off. */
  weight: number;
  /** Which of several outputs: its name, or its number. */
  output?: string | number;
  /** Where, in an output that has scores at many places: as in `PlacedTarget`. */
  at?: readonly number[];
}

/** The output of a layer (of a graph node), or a part of it; summed per sample. */
export interface PlaceTarget extends LayerPlace {
  /** Which of the layer's outputs, where it has several. */
  output?: number;
  /** One channel, at every position. */
  channel?: number;
  /** One unit: `[row, column, channel]`, or as many numbers as the output has axes after the batch. */
  unit?: readonly number[];
  /** A part of the rows and columns, `[top, left, bottom, right]`; bottom and right are not in it. */
  region?: readonly [top: number, left: number, bottom: number, right: number];
}

/**
 * A function of the model's outputs, as `predict` returns them, e.g. a loss. It returns a scalar, or one
 * number per sample, which is summed; made of TF.js ops.
 */
export type TargetFunction = UserFunction<Tensor>;

/**
 * Which number is explained: a class, one class for each sample, a class at one place of an output, a
 * contrast of classes, a place in the model, or any function of its outputs.
 */
export type Target =
  number | readonly number[] | OutputTarget | PlacedTarget | ContrastTarget | PlaceTarget | TargetFunction;

/** Whether a class is explained by its score before the softmax or sigmoid, or by its probability. */
export type Score = 'logit' | 'probability';

/** The class of each sample, chosen, and what of each class's score is taken. */
export interface Chosen {
  /** Int32 `[batch]`. */
  readonly classes: Tensor;
  /** `[batch, classes]`: 1 at the class, less at those it is set against. */
  readonly weights: Tensor;
  /** What a contrast found to set it against, int32 `[batch, others]`. */
  readonly others: Tensor | null;
}

/** How the class of each sample is chosen. */
export interface Choice extends Partial<Omit<ContrastTarget, 'output'>> {
  readonly output?: string | number | undefined;
  /**
   * The class with the highest score for 0, the next for 1, where none is given. Said by functions of several
   * classes only, which have `output` and `at` as options of their own.
   */
  readonly nth?: number;
  /** Chosen before, at another input. */
  readonly chosen?: Chosen;
}

/** What is asked inside: also classes by their rank, and classes that were chosen before. */
export type Asked = Target | Choice | undefined;

/** The target of classes that were chosen before, in place of one that chooses them. */
export function withChosen(target: Asked, chosen: Chosen): Asked {
  return { ...whereOf(target), chosen };
}

/** Where a target finds its classes: in which of several outputs, and at which place there. */
export function whereOf(target: Asked): Pick<Choice, 'output' | 'at'> {
  const { output, at } = choiceOf(target) ?? {};
  return { ...(output === undefined ? {} : { output }), ...(at === undefined ? {} : { at }) };
}

/** Classes as a target, in an output and at a place where such are named. */
export function classesAt(where: Pick<Choice, 'output' | 'at'>, classes: number | readonly number[]): Asked {
  return Object.keys(where).length > 0 ? { ...where, class: classes } : classes;
}

/** Whether a target names a layer. */
export function isPlaceTarget(target: Asked): target is PlaceTarget {
  return typeof target === 'object' && 'layer' in target;
}

/** How a target chooses classes; undefined where it is about something else. */
export function choiceOf(target: Asked): Choice | undefined {
  if (typeof target === 'function' || isPlaceTarget(target)) return undefined;
  if (target === undefined) return {};
  return typeof target === 'number' || isList(target) ? { class: target } : target;
}

/** Whether classes are a list of them. */
export function isList(value: unknown): value is readonly number[] {
  return Array.isArray(value) || (ArrayBuffer.isView(value) && 'length' in value);
}
