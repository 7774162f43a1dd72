import { axesOf, type Axes } from '../../tensors/rows';
import { SOFTMAXED } from '../../tensors/loops/softmaxed';
import { SUMMED } from '../../tensors/loops/summed';
import { isFloat, quicker, type Given, type Quicker, type QuickerKernels } from './quicker';

const summed =
  (isMean: boolean) =>
  ({ inputs: { x }, attrs: { axis, keepDims } }: Given): Quicker =>
    isFloat(x)
      ? quicker(SUMMED, { x }, { axes: axesOf(axis as Axes, x.shape), keepDims: keepDims === true, isMean })
      : undefined;

/** Each in one go, where TF.js moves axes first, and calls a function for each number. */
export const REDUCTIONS: QuickerKernels = {
  Sum: summed(false),
  Mean: summed(true),
  Softmax: ({ inputs: { logits } }) => (isFloat(logits) ? quicker(SOFTMAXED, { logits }, {}) : undefined),
};
