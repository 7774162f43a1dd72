/** What becomes of the sums of a convolution or a product: `max(y, slope y)`, and no more than `limit`. */
export interface Activated {
  /** 1 leaves what is below 0 as it is. */
  readonly slope: number;
  readonly limit: number;
}

/** They stay as they are. */
export const NOT_ACTIVATED: Activated = { slope: 1, limit: Infinity };

/** Adds a number for each channel to sums, and activates them. */
export function activate(y: Float32Array, bias: Float32Array, { slope, limit }: Activated): void {
  for (let from = 0; from < y.length; from += bias.length) {
    for (let i = 0; i < bias.length; i++) {
      const sum = y[from + i]! + bias[i]!;
      const open = sum < 0 ? slope * sum : sum;
      y[from + i] = open > limit ? limit : open;
    }
  }
}
