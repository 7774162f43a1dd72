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
    for (let i = 0; i < bias.length; i++) {
      const sum = y[from + i]! + bias[i]!;
      y[from + i] = sum < 0 ? below(sum, slope) : sum > limit ? limit : sum;
    }
  }
}

/** A slope of 0 makes 0 of minus infinity, too. */
const below = (sum: number, slope: number): number => (slope === 0 ? 0 : slope * sum);
