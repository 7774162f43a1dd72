import { slice } from '@tensorflow/tfjs-core';
import type { conv2d, Tensor } from '@tensorflow/tfjs-core';

/** Cells before and after a tensor on each axis: zeros to add or, where negative, cells to leave out. */
export type Margins = readonly (readonly [before: number, after: number])[];

type Padding = Exclude<Parameters<typeof conv2d>[3], string | number>;

/** What the negative margins leave. */
export function crop<T extends Tensor>(x: T, margins: Margins): T {
  if (margins.every(([before, after]) => before >= 0 && after >= 0)) return x;
  const begin = margins.map(([before]) => Math.max(0, -before));
  const size = margins.map(([, after], axis) => x.shape[axis]! - begin[axis]! + Math.min(0, after));
  return slice(x, begin, size);
}

/** The zeros of the other margins, as the padding of a convolution. */
export function padding(margins: Margins): Padding {
  return margins.map(([before, after]) => [Math.max(0, before), Math.max(0, after)]) as Padding;
}
