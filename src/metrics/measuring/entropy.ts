import type { SampleMap } from './sampleMap';

const BINS = 100;

/**
 * The entropy of a map's histogram, in nats: `−Σ p log p` of the shares of 100 bins between the lowest and
 * the highest `|Σ_c m|`.
 */
export function entropyOf({ values, channels }: SampleMap): number {
  const cells = new Float64Array(values.length / channels);
  for (let i = 0; i < values.length; i++) cells[Math.floor(i / channels)]! += values[i]!;
  let [low, high] = [Infinity, -Infinity];
  for (let i = 0; i < cells.length; i++) {
    cells[i] = Math.abs(cells[i]!);
    low = Math.min(low, cells[i]!);
    high = Math.max(high, cells[i]!);
  }
  const counts = new Float64Array(BINS);
  for (const cell of cells) {
    const bin = high > low ? Math.floor(((cell - low) / (high - low)) * BINS) : BINS / 2;
    counts[Math.min(bin, BINS - 1)]! += 1;
  }
  return counts.reduce((sum, count) => {
    const share = count / cells.length;
    return share > 0 ? sum - share * Math.log(share) : sum;
  }, 0);
}
