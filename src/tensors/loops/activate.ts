import type { ArrayKernel } from '../../backends/arrayKernel';

/** What becomes of the sums of a convolution or a product: `max(y, slope y)`, and no more than `limit`. */
export interface Activated {
  /** 1 leaves what is below 0 as it is. */
  readonly slope: number;
  readonly limit: number;
}

/** They stay as they are. */
export const NOT_ACTIVATED: Activated = { slope: 1, limit: Infinity };

/** Adds a number for each channel to sums, and activates them; NaN stays. */
export function activate(y: Float32Array, bias: Float32Array, { slope, limit }: Activated): void {
  for (let from = 0; from < y.length; from += bias.length) {
    for (let i = 0; i < bias.length; i++) y[from + i] = activated(y[from + i]! + bias[i]!, slope, limit);
  }
}

/** Activates what may be sums elsewhere. */
export const ACTIVATE: ArrayKernel<'x', Activated> = {
  name: 'GuidedSaliencyActivate',
  shapeOf: ({ x }) => x.shape,
  compute: ({ x: { values } }, { slope, limit }, y) => {
    for (let i = 0; i < y.length; i++) y[i] = activated(values[i]!, slope, limit);
  },
};

/** A slope of 0 makes 0 of minus infinity, too. */
function activated(sum: number, slope: number, limit: number): number {
  if (sum < 0) return slope === 0 ? 0 : slope * sum;
  return sum > limit ? limit : sum;
}
