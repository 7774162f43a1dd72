import type { ArrayKernel } from '../../backends/arrayKernel';

/** The softmax of each row, in one go: on cpu TF.js takes five kernels, each number by its place. */
export const SOFTMAXED: ArrayKernel<'logits', object> = {
  name: 'GuidedSaliencySoftmaxed',
  shapeOf: ({ logits }) => logits.shape,
  compute: ({ logits: { shape, values } }, _, y) => {
    const width = shape[shape.length - 1] ?? 1;
    for (let from = 0; from < y.length; from += width) {
      const end = from + width;
      let most = -Infinity;
      for (let i = from; i < end; i++) most = Math.max(most, values[i]!);
      let sum = 0;
      for (let i = from; i < end; i++) sum += y[i] = Math.exp(values[i]! - most);
      for (let i = from; i < end; i++) y[i]! /= sum;
    }
  },
};
