import { pad, slice } from '@tensorflow/tfjs-core';
import type { Tensor } from '@tensorflow/tfjs-core';

export type Margins = readonly (readonly [number, number])[];

/** Zeros before and after, axis by axis; a negative margin cuts cells off. */
export function padOrCrop<T extends Tensor>(x: T, margins: Margins): T {
  const cropped = crop(x, margins);
  const zeros = positive(margins);
  return zeros.some(([before, after]) => before > 0 || after > 0) ? pad(cropped, zeros) : cropped;
}

/** What the negative margins leave. */
export function crop<T extends Tensor>(x: T, margins: Margins): T {
  if (margins.every(([before, after]) => before >= 0 && after >= 0)) return x;
  const begin = margins.map(([before]) => Math.max(0, -before));
  const size = margins.map(([before, after], axis) => (x.shape[axis] as number) + Math.min(0, before) + Math.min(0, after));
  return slice(x, begin, size);
}

/** The margins that add zeros. */
export function positive(margins: Margins): [number, number][] {
  return margins.map(([before, after]) => [Math.max(0, before), Math.max(0, after)]);
}
