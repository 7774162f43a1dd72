import type { MapFacts } from '../messages';

/** Where the magnitude of a map is: what can be said of it in words. */
export function mapFacts(values: Float32Array, height: number, width: number): MapFacts {
  const magnitudes = Float32Array.from(values, Math.abs);
  const total = magnitudes.reduce((sum, magnitude) => sum + magnitude, 0);
  if (total === 0) return { ninths: new Array<number>(9).fill(0), inTopTenth: 0, isEmpty: true };
  const ninths = new Array<number>(9).fill(0);
  magnitudes.forEach((magnitude, i) => {
    const row = Math.floor((3 * Math.floor(i / width)) / height);
    const column = Math.floor((3 * (i % width)) / width);
    ninths[3 * row + column] = (ninths[3 * row + column] ?? 0) + magnitude / total;
  });
  const largest = magnitudes.sort().subarray(Math.floor(0.9 * magnitudes.length));
  const inTopTenth = largest.reduce((sum, magnitude) => sum + magnitude, 0) / total;
  return { ninths, inTopTenth, isEmpty: false };
}
