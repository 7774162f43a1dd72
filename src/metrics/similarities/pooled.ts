/** The magnitudes of a map, those of the channels of a cell added up. */
export function pooled(values: ArrayLike<number>, channels: number): Float64Array {
  const cells = new Float64Array(values.length / channels);
  for (let i = 0; i < values.length; i++) cells[Math.floor(i / channels)]! += Math.abs(values[i]!);
  return cells;
}

/**
 * A map of magnitudes as it is looked at: over its 99th percentile, and 1 from there on; over its maximum
 * where the percentile is 0. The percentile lies between values as numpy has it.
 */
export function shade(magnitudes: Float64Array): Float64Array {
  const sorted = magnitudes.slice().sort();
  const at = 0.99 * (sorted.length - 1);
  const [below, above] = [sorted[Math.floor(at)]!, sorted[Math.ceil(at)]!];
  const limit = below + (above - below) * (at - Math.floor(at)) || sorted[sorted.length - 1]!;
  return magnitudes.map((value) => Math.min(value / limit, 1));
}
