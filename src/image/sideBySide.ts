import type { Pixels } from './pixels';

export interface SideBySideOptions {
  /** Pixels between two pictures. @default 0 */
  gap?: number;
}

/**
 * Pictures in one row, from left to right. The gap, and what is left under a shorter picture, is white.
 *
 * @throws RangeError if there is no picture, or `gap` is not a whole number of pixels.
 */
export function sideBySide(pictures: readonly Pixels[], options: SideBySideOptions = {}): Pixels {
  const { gap = 0 } = options;
  if (pictures.length === 0)
    throw new RangeError('sideBySide: expected pictures to be at least one, got none');
  if (!Number.isInteger(gap) || gap < 0) {
    throw new RangeError(`sideBySide: expected gap to be a whole number of pixels, got ${gap}`);
  }

  const width = pictures.reduce((total, picture) => total + picture.width, gap * (pictures.length - 1));
  const height = Math.max(...pictures.map((picture) => picture.height));
  const data = new Uint8ClampedArray(4 * width * height).fill(255);
  let left = 0;
  for (const picture of pictures) {
    for (let row = 0; row < picture.height; row++) {
      const line = picture.data.subarray(4 * row * picture.width, 4 * (row + 1) * picture.width);
      data.set(line, 4 * (row * width + left));
    }
    left += picture.width + gap;
  }
  return { width, height, data };
}
