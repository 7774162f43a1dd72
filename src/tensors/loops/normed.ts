import type { ArrayKernel } from '../../backends/arrayKernel';

type Inputs = 'x' | 'mean' | 'variance' | 'offset' | 'scale';

/** Channels normalised, with one factor for each: on cpu TF.js takes a root for each number. */
export const NORMED: ArrayKernel<Inputs, { readonly varianceEpsilon: number }> = {
  name: 'GuidedSaliencyNormed',
  shapeOf: ({ x }) => x.shape,
  compute: ({ x, mean, variance, offset, scale }, { varianceEpsilon }, y) => {
    const factors = Float64Array.from(variance.values, (each, c) => {
      return scale.values[c]! / Math.sqrt(each + varianceEpsilon);
    });
    for (let from = 0; from < y.length; from += factors.length) {
      for (let c = 0; c < factors.length; c++) {
        y[from + c] = (x.values[from + c]! - mean.values[c]!) * factors[c]! + offset.values[c]!;
      }
    }
  },
};
