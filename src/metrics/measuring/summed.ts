import type { SampleMap } from './sampleMap';

/** The magnitude of the sum over the channels of each cell: `|Σ_c m|`. */
export function summed({ values, channels }: SampleMap): Float64Array {
  const cells = new Float64Array(values.length / channels);
  for (let i = 0; i < values.length; i++) cells[Math.floor(i / channels)]! += values[i]!;
  return cells.map(Math.abs);
}
