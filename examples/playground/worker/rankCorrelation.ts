/**
 * Spearman's rank correlation: 1 where two maps put their cells into the same order, 0 where the orders have
 * nothing to do with each other, -1 where one is the other's reverse.
 *
 * Equal values share the mean of their ranks. 0 where one of the maps is constant.
 */
export function rankCorrelation(a: Float32Array, b: Float32Array): number {
  const [first, second] = [ranksOf(a), ranksOf(b)];
  const mean = (a.length - 1) / 2;
  let [both, firstSquares, secondSquares] = [0, 0, 0];
  for (let i = 0; i < a.length; i++) {
    const [one, other] = [(first[i] ?? 0) - mean, (second[i] ?? 0) - mean];
    both += one * other;
    firstSquares += one * one;
    secondSquares += other * other;
  }
  const size = Math.sqrt(firstSquares * secondSquares);
  return size === 0 ? 0 : both / size;
}

function ranksOf(values: Float32Array): Float64Array {
  const order = Uint32Array.from(values, (_, i) => i).sort((i, j) => (values[i] ?? 0) - (values[j] ?? 0));
  const ranks = new Float64Array(values.length);
  for (let start = 0; start < order.length;) {
    const value = values[order[start] ?? 0];
    let end = start + 1;
    while (end < order.length && values[order[end] ?? 0] === value) end++;
    for (let i = start; i < end; i++) ranks[order[i] ?? 0] = (start + end - 1) / 2;
    start = end;
  }
  return ranks;
}
