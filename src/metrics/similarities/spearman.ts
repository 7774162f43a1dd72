import { door } from '../../errors/door';
import { checkLists } from './checkLists';
import { correlation } from './pearson';

/**
 * Spearman's rank correlation of two maps: whether they put their values in the same order.
 *
 * Pearson's correlation of the ranks; equal values share the mean of theirs, as in scipy.
 *
 * @param a Any number of values, signed.
 * @param b As many.
 * @returns −1...1; 1 for the same order, −1 for the opposite one, NaN where one is the same everywhere.
 * @throws TypeError if one is no list of numbers; RangeError if one is longer.
 * @example
 * ```ts
 * const [a, b] = [saliency(model, image), guidedBackprop(model, image)];
 * console.log(spearman(await a.data(), await b.data()));
 * ```
 */
export function spearman(a: ArrayLike<number>, b: ArrayLike<number>): number {
  return door('spearman', () => {
    checkLists(a, b);
    return rankCorrelation(a, b);
  });
}

/** The same of lists that are known to fit. */
export function rankCorrelation(a: ArrayLike<number>, b: ArrayLike<number>): number {
  return correlation(ranksOf(a), ranksOf(b));
}

/** The rank of each value from 1 on; the mean of them where values are equal, NaN where one is no number. */
export function ranksOf(values: ArrayLike<number>): Float64Array {
  const ranks = new Float64Array(values);
  if (ranks.some(Number.isNaN)) return ranks.fill(NaN);
  const sorted = ranks.slice().sort(); // by value: several times as fast as positions by a comparison
  const rankAt = new Float64Array(sorted.length); // at the first of equal values
  for (let first = 0, after = 0; first < sorted.length; first = after) {
    while (after < sorted.length && sorted[after] === sorted[first]) after++;
    rankAt[first] = (first + 1 + after) / 2;
  }
  return ranks.map((value) => rankAt[firstAt(sorted, value)]!);
}

/** Where the first value that is not below this one lies. */
function firstAt(sorted: Float64Array, value: number): number {
  let [first, after] = [0, sorted.length];
  while (first < after) {
    const middle = (first + after) >> 1;
    if (sorted[middle]! < value) first = middle + 1;
    else after = middle;
  }
  return first;
}
