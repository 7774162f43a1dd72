/** An activation whose values are bounded, so that no step of a sequence multiplies by infinity. */
export interface Bounded {
  readonly value: (x: number) => number;
  readonly slope: (x: number) => number;
}

/** By their names in tfjs-layers. */
export const BOUNDED: Readonly<Record<string, Bounded>> = {
  tanh: { value: Math.tanh, slope: (x) => 1 - Math.tanh(x) ** 2 },
  sigmoid: {
    value: (x) => 1 / (1 + Math.exp(-x)),
    // as exact for large numbers as for small ones
    slope: (x) => {
      const e = Math.exp(-Math.abs(x));
      return e / (1 + e) ** 2;
    },
  },
  hardSigmoid: {
    value: (x) => Math.min(Math.max(0.2 * x + 0.5, 0), 1),
    // NaN passes, as through a clip
    slope: (x) => (0.2 * x + 0.5 > 1 || 0.2 * x + 0.5 < 0 ? 0 : 0.2),
  },
};
