/** What is told of repeated measurements. */
export interface Summary {
  /** How many there are. */
  readonly times: number;
  readonly min: number;
  readonly median: number;
  /** How far apart the middle half of them lies, as a fraction of the median; 0 for a single one. */
  readonly spread: number;
}

/** A measurement of each round; null where it was left out of one. */
export type Rounds = readonly (number | null)[];

/**
 * Sums up measurements.
 *
 * @returns undefined where there is none.
 */
export function summarize(values: readonly number[]): Summary | undefined {
  if (values.length === 0) return undefined;
  const sorted = [...values].sort((a, b) => a - b);
  const median = quantile(sorted, 0.5);
  const spread = (quantile(sorted, 0.75) - quantile(sorted, 0.25)) / median;
  return { times: sorted.length, min: sorted[0]!, median, spread };
}

/** The value below which the fraction `q` of sorted values lies, between two of them by interpolation. */
export function quantile(sorted: readonly number[], q: number): number {
  const place = (sorted.length - 1) * q;
  const below = sorted[Math.floor(place)]!;
  const above = sorted[Math.ceil(place)]!;
  return below + (above - below) * (place - Math.floor(place));
}

/**
 * `a / b`, round by round: a machine that slows down meanwhile slows both of a round, and the ratio stays.
 *
 * Rounds in which one of the two is missing are left out.
 */
export function pairedRatios(a: Rounds, b: Rounds): number[] {
  return a.flatMap((value, i) => {
    const other = b[i] ?? null;
    return value === null || other === null ? [] : [value / other];
  });
}

/** The measurements that are there. */
export function present(rounds: Rounds = []): number[] {
  return rounds.filter((value) => value !== null);
}
