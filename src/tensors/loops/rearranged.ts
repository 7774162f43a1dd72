import type { ArrayKernel } from '../../backends/arrayKernel';
import { eachRun, stepsOf, stretchesOf } from './stretches';

/** The axes in another order, by runs: on cpu TF.js works out the place of each number from its index. */
export const REARRANGED: ArrayKernel<'x', { readonly perm: readonly number[] }> = {
  name: 'GuidedSaliencyRearranged',
  shapeOf: ({ x }, { perm }) => perm.map((axis) => x.shape[axis]!),
  compute: ({ x: { shape, values } }, { perm }, y) => {
    const steps = stepsOf(shape).reverse();
    const axes = [...perm].reverse().map((axis) => ({ size: shape[axis]!, steps: [steps[axis]!] }));
    eachRun(stretchesOf(axes), y.length, (to, [from], { size, steps: [step] }) => {
      for (let i = 0; i < size; i++) y[to + i] = values[from! + i * step!]!;
    });
  },
};
