import { door } from '../../errors/door';
import { checkOptionNames } from '../../errors/optionNames';
import { checkLists } from './checkLists';
import { checkSize } from './checkSize';
import type { PictureSize } from './checkSize';
import { correlation } from './pearson';

/** Options of `hog`. */
export type HogOptions = PictureSize;

/** Rows and columns of a cell of the histograms: the least that `hog` takes. */
export const HOG_LEAST = 8;

/** Directions, from 0 to 180 degrees. */
const ORIENTATIONS = 8;

/** The largest share of one direction, and what keeps an empty cell from 0 / 0. */
const [CLIP, EPSILON] = [0.2, 1e-5];

/**
 * Whether two pictures of one channel have edges in the same directions: Pearson's correlation of their
 * histograms of oriented gradients.
 *
 * As scikit-image's `hog` with 8 orientations, cells of 8 × 8 and blocks of one cell, each normalised by
 * `L2-Hys`; what is left over at the right and the bottom is left out.
 *
 * @param a `height × width` values, row by row.
 * @param b As many.
 * @returns −1...1; 1 for the same edges, NaN where a picture has the same histogram everywhere
 *   or holds a NaN.
 * @throws TypeError if one is no list of numbers, or an option is unknown; RangeError if one is longer, or
 *   the size does not fit or is below 8 × 8.
 * @see Dalal and Triggs 2005 — https://doi.org/10.1109/CVPR.2005.177
 * @example
 * ```ts
 * const [a, b] = [saliency(model, image), guidedBackprop(model, image)].map((map) => reduceChannels(map));
 * console.log(hog(await a!.data(), await b!.data(), { height: 32, width: 32 }));
 * ```
 */
export function hog(a: ArrayLike<number>, b: ArrayLike<number>, options: HogOptions): number {
  return door('hog', () => {
    checkLists(a, b);
    checkOptionNames(options, ['height', 'width']);
    checkSize(options, a.length, HOG_LEAST);
    return correlation(histograms(a, options), histograms(b, options));
  });
}

/** The histograms of the cells, one after the other. */
export function histograms(values: ArrayLike<number>, { height, width }: PictureSize): Float64Array {
  const [rows, columns] = [Math.floor(height / HOG_LEAST), Math.floor(width / HOG_LEAST)];
  const all = new Float64Array(rows * columns * ORIENTATIONS);
  for (let row = 0; row < rows * HOG_LEAST; row++) {
    for (let column = 0; column < columns * HOG_LEAST; column++) {
      const at = row * width + column;
      const isRim = (i: number, size: number) => i === 0 || i === size - 1;
      const down = isRim(row, height) ? 0 : values[at + width]! - values[at - width]!;
      const right = isRim(column, width) ? 0 : values[at + 1]! - values[at - 1]!;
      const degrees = ((Math.atan2(down, right) * 180) / Math.PI + 180) % 180;
      // beside a NaN there is no direction, and its length makes the cell NaN
      const bin = Math.min(ORIENTATIONS - 1, Math.floor((degrees * ORIENTATIONS) / 180)) || 0;
      const cell = Math.floor(row / HOG_LEAST) * columns + Math.floor(column / HOG_LEAST);
      all[cell * ORIENTATIONS + bin]! += Math.hypot(down, right) / HOG_LEAST ** 2;
    }
  }
  for (let first = 0; first < all.length; first += ORIENTATIONS) {
    normalizeCell(all.subarray(first, first + ORIENTATIONS));
  }
  return all;
}

/** Over its length, no more than the clip, over its length again. */
function normalizeCell(cell: Float64Array): void {
  const length = () => Math.sqrt(cell.reduce((sum, value) => sum + value * value, EPSILON ** 2));
  const before = length();
  for (let i = 0; i < cell.length; i++) cell[i] = Math.min(cell[i]! / before, CLIP);
  const after = length();
  for (let i = 0; i < cell.length; i++) cell[i]! /= after;
}
