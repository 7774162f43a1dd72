import { engine, grad, slice, sum } from '@tensorflow/tfjs-core';
import type { GraphModel } from '@tensorflow/tfjs-converter';
import type { Tensor } from '@tensorflow/tfjs-core';
import type { LayersModel } from '@tensorflow/tfjs-layers';

/** What a user of TF.js writes: the gradient of one output of `predict` with respect to the image. */
export function stockGradient(model: LayersModel | GraphModel, unit: number): (x: Tensor) => Tensor {
  return grad((x: Tensor) => sum(slice(model.predict(x) as Tensor, [0, unit], [-1, 1])));
}

/** Frees what a `tf.grad` that threw has left on TF.js's tape, and all later peaks would carry along. */
export function clearTape(): void {
  const { state } = engine();
  if (state.gradientDepth > 0) return;
  const tape = state.activeTape as typeof state.activeTape | null; // before the first gradient there is none
  for (const { saved } of tape ?? []) for (const tensor of saved ?? []) tensor.dispose();
  state.activeTape = [];
}
