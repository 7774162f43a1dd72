import { door } from '../../errors/door';
import { checkLists } from './checkLists';

/**
 * Pearson's correlation of two maps: whether they are large where the other is large, in a straight line.
 *
 * `Σ (a − mean a)(b − mean b) / √(Σ (a − mean a)² · Σ (b − mean b)²)`
 *
 * @param a Any number of values.
 * @param b As many.
 * @returns −1...1; 0 where neither says a thing about the other, NaN where one is the same everywhere.
 * @throws TypeError if one is no list of numbers; RangeError if one is longer.
 * @example
 * ```ts
 * const [a, b] = [saliency(model, image), guidedBackprop(model, image)];
 * console.log(pearson(await a.data(), await b.data()));
 * ```
 */
export function pearson(a: ArrayLike<number>, b: ArrayLike<number>): number {
  return door('pearson', () => {
    checkLists(a, b);
    return correlation(a, b);
  });
}

/** The same of lists that are known to fit. */
export function correlation(a: ArrayLike<number>, b: ArrayLike<number>): number {
  const [meanA, meanB] = [meanOf(a), meanOf(b)];
  let [both, ofA, ofB] = [0, 0, 0];
  for (let i = 0; i < a.length; i++) {
    const [one, other] = [a[i]! - meanA, b[i]! - meanB];
    both += one * other;
    ofA += one * one;
    ofB += other * other;
  }
  return quotient(both, ofA, ofB);
}

/** A product over two lengths, whose squares are given; rounding may not take it out of −1...1. */
export function quotient(product: number, squareA: number, squareB: number): number {
  if (squareA === 0 || squareB === 0) return NaN;
  return Math.max(-1, Math.min(1, product / Math.sqrt(squareA * squareB)));
}

/** Counted from the first value, so that it is that one, to the last bit, where all are the same. */
function meanOf(values: ArrayLike<number>): number {
  const first = values[0]!;
  let sum = 0;
  for (let i = 0; i < values.length; i++) sum += values[i]! - first;
  return first + sum / values.length;
}
