import type { Axis } from '../axes';

/** From how many products on: of fewer, what is around them takes longer. */
const FROM = 1 << 12;

/**
 * Whether a convolution is worth a kernel of ours on cpu. One sample counts, so that batches of any size use
 * the same forms of a filter.
 *
 * @param taps How many numbers the filter has.
 */
export function isLarge(taps: number, axes: readonly Axis[]): boolean {
  return axes.reduce((product, { output }) => product * output, taps) >= FROM;
}
