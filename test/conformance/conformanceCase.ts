import type { GraphModel } from '@tensorflow/tfjs-converter';
import type { io, Tensor } from '@tensorflow/tfjs-core';
import type { LayersModel } from '@tensorflow/tfjs-layers';
import type { Random } from './random';

/** A model of one layer or of a few ops, the same on every backend. */
export interface ConformanceCase {
  /** The function of `tf.layers`, or the op of tfjs-converter, that the case is about. */
  readonly subject: string;
  /** Unique among all cases. */
  readonly name: string;
  /** Shape of each input, the batch included. */
  readonly inputs: readonly (readonly number[])[];
  /** What the inputs are drawn from. */
  readonly range: readonly [low: number, high: number];
  /** The inputs are whole numbers (int32). */
  readonly integer?: boolean;
  /** The model is built for this very batch size, as stateful layers want. */
  readonly fixedBatch?: boolean;
  /** Values of the first input that are not drawn. On a `jump`, as a masked step is, no gradient arrives. */
  readonly pinned?: { readonly at: readonly number[]; readonly value: number; readonly jump?: boolean };
  /** The model, its weights drawn from `random`. */
  build(random: Random): Subject;
  /** The same function made of other layers, where TF.js's forward pass is itself wrong on cpu. */
  reference?(random: Random): Subject;
}

/** A model that is just a function; of a list where it takes several tensors. */
export type PlainFunction = (x: Tensor | Tensor[]) => Tensor | Tensor[];

export interface Subject {
  readonly model: LayersModel | GraphModel<string | io.IOHandler | io.IOHandlerSync> | PlainFunction;
  /** The outputs, as a list. */
  forward(inputs: Tensor[]): Tensor[];
  /** Forgets what a stateful layer has seen. */
  reset(): void;
  dispose(): void;
}
