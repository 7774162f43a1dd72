import type { SampleMap } from './sampleMap';
import { summed } from './summed';

const BINS = 100;

/**
 * The entropy of a map's histogram, in nats: `−Σ p log p` of the shares of 100 bins between the lowest and
 * the highest `|Σ_c m|`; NaN where one is no number or without end.
 */
export function entropyOf(map: SampleMap): number {
  const cells = summed(map);
  let [low, high] = [Infinity, -Infinity];
  for (const cell of cells) {
    low = Math.min(low, cell);
    high = Math.max(high, cell);
  }
  if (!Number.isFinite(high - low)) return NaN;
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
