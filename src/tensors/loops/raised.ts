import type { ArrayKernel } from '../../backends/arrayKernel';

/** Numbers to one power, squares and cubes as products: TF.js raises each by itself, ten times as long. */
export const RAISED: ArrayKernel<'a' | 'b', object> = {
  name: 'GuidedSaliencyRaised',
  shapeOf: ({ a }) => a.shape,
  compute: ({ a: { values }, b }, _, y) => {
    const power = b.values[0]!;
    if (power === 2) for (let i = 0; i < y.length; i++) y[i] = values[i]! * values[i]!;
    else if (power === 3) for (let i = 0; i < y.length; i++) y[i] = values[i]! * values[i]! * values[i]!;
    else for (let i = 0; i < y.length; i++) y[i] = values[i]! ** power;
  },
};
