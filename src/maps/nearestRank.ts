/**
 * The rank of a percentile among `n` values: how many at least make up so many hundredths of them.
 *
 * Hundredths and tenths of them are no floats: what is off a whole number by rounding alone is taken for it.
 */
export function nearestRank(percentile: number, n: number): number {
  return Math.max(1, Math.ceil((percentile * n) / 100 - 1e-6));
}
