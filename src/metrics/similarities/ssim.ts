import { door } from '../../errors/door';
import { checkOptionNames } from '../../errors/optionNames';
import { checkAbove, checkChoice } from '../../explanations/explainer/optionValues';
import { checkLists } from './checkLists';
import { checkSize } from './checkSize';
import type { PictureSize } from './checkSize';

/** Options of `ssim`. */
export interface SsimOptions extends PictureSize {
  /**
   * What is compared at once: 5 × 5 cells that count the same, or 11 × 11 under a Gaussian of sigma 1.5 as
   * in the paper.
   *
   * @default 'uniform'
   */
  window?: 'uniform' | 'gaussian';
  /**
   * How far the values may lie apart.
   *
   * @default 1
   */
  range?: number;
}

/** The least height and width that `ssim` takes without being told otherwise. */
export const SSIM_LEAST = 5;

/**
 * Structural similarity of two pictures of one channel: whether means, spreads and shapes are the same, place
 * by place.
 *
 * `mean over windows of (2 μa μb + C1)(2 σab + C2) / ((μa² + μb² + C1)(σa² + σb² + C2))`, with
 * `C1 = (0.01 range)²` and `C2 = (0.03 range)²`
 *
 * As scikit-image's `structural_similarity`: of a uniform window with the sample's covariance (`win_size=5`),
 * of a Gaussian one without (`gaussian_weights=True, sigma=1.5, use_sample_covariance=False`). It depends on
 * how the maps were brought to their range, which differs between papers.
 *
 * @param a `height × width` values, row by row.
 * @param b As many.
 * @returns −1...1; 1 for the same picture.
 * @throws TypeError if one is no list of numbers, or an option is unknown; RangeError if one is longer, the
 *   size does not fit or is smaller than a window, or another option is out of range.
 * @see Wang et al. 2004 — https://doi.org/10.1109/TIP.2003.819861
 * @example
 * ```ts
 * const [a, b] = [saliency(model, image), guidedBackprop(model, image)].map((map) => reduceChannels(map));
 * console.log(ssim(await a!.data(), await b!.data(), { height: 32, width: 32 }));
 * ```
 */
export function ssim(a: ArrayLike<number>, b: ArrayLike<number>, options: SsimOptions): number {
  return door('ssim', () => {
    checkLists(a, b);
    checkOptionNames(options, ['height', 'width', 'window', 'range']);
    const { height, width, window = 'uniform', range = 1 } = options;
    checkChoice('window', window, ['uniform', 'gaussian']);
    checkAbove('range', range);
    const weights = window === 'uniform' ? new Array<number>(SSIM_LEAST).fill(1 / SSIM_LEAST) : GAUSSIAN;
    checkSize({ height, width }, a.length, weights.length);
    return meanSimilarity(a, b, width, { weights, height, range, isSample: window === 'uniform' });
  });
}

/** 11 values of a Gaussian of sigma 1.5, which sum to 1. */
const GAUSSIAN = /* @__PURE__ */ (() => {
  const values = Array.from({ length: 11 }, (_, i) => Math.exp(-((i - 5) ** 2) / (2 * 1.5 ** 2)));
  const sum = values.reduce((total, value) => total + value, 0);
  return values.map((value) => value / sum);
})();

/** How windows are compared. */
interface Windows {
  /** Along one axis. */
  readonly weights: readonly number[];
  readonly height: number;
  readonly range: number;
  /** Whether covariances are those of a sample. */
  readonly isSample: boolean;
}

function meanSimilarity(
  a: ArrayLike<number>,
  b: ArrayLike<number>,
  width: number,
  { weights, height, range, isSample }: Windows,
): number {
  const size = weights.length;
  const cells = size * size;
  const stretch = isSample ? cells / (cells - 1) : 1;
  const [c1, c2] = [(0.01 * range) ** 2, (0.03 * range) ** 2];
  let sum = 0;
  for (let top = 0; top + size <= height; top++) {
    for (let left = 0; left + size <= width; left++) {
      let [meanA, meanB, aa, bb, ab] = [0, 0, 0, 0, 0];
      for (let row = 0; row < size; row++) {
        for (let column = 0; column < size; column++) {
          const weight = weights[row]! * weights[column]!;
          const at = (top + row) * width + left + column;
          const [one, other] = [a[at]!, b[at]!];
          meanA += weight * one;
          meanB += weight * other;
          aa += weight * one * one;
          bb += weight * other * other;
          ab += weight * one * other;
        }
      }
      const [varianceA, varianceB] = [stretch * (aa - meanA * meanA), stretch * (bb - meanB * meanB)];
      const covariance = stretch * (ab - meanA * meanB);
      const likeness = (2 * meanA * meanB + c1) * (2 * covariance + c2);
      sum += likeness / ((meanA * meanA + meanB * meanB + c1) * (varianceA + varianceB + c2));
    }
  }
  return sum / ((height - size + 1) * (width - size + 1));
}
