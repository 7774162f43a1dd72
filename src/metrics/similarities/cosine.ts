import { door } from '../../errors/door';
import { checkLists } from './checkLists';
import { quotient } from './pearson';

/**
 * The cosine of two maps: whether they point the same way.
 *
 * `Σ a b / √(Σ a² · Σ b²)`
 *
 * @param a Any number of values, signed.
 * @param b As many.
 * @returns −1...1; 1 where one is a multiple of the other, NaN where one is 0 everywhere.
 * @throws TypeError if one is no list of numbers; RangeError if one is longer.
 * @example
 * ```ts
 * const [a, b] = [saliency(model, image), guidedBackprop(model, image)];
 * console.log(cosine(await a.data(), await b.data()));
 * ```
 */
export function cosine(a: ArrayLike<number>, b: ArrayLike<number>): number {
  return door('cosine', () => {
    checkLists(a, b);
    let [both, ofA, ofB] = [0, 0, 0];
    for (let i = 0; i < a.length; i++) {
      both += a[i]! * b[i]!;
      ofA += a[i]! * a[i]!;
      ofB += b[i]! * b[i]!;
    }
    return quotient(both, ofA, ofB);
  });
}
