/** How far the values of each sample lie apart. */
export function rangesOf(cells: ArrayLike<number>, samples: number): number[] {
  const size = cells.length / samples;
  return Array.from({ length: samples }, (_, i) => {
    let [low, high] = [Infinity, -Infinity];
    for (let at = i * size; at < (i + 1) * size; at++) {
      low = Math.min(low, cells[at]!);
      high = Math.max(high, cells[at]!);
    }
    return high - low;
  });
}
