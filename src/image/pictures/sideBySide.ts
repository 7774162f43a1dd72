import { door, ours } from '../../errors/door';
import { checkNumber } from '../../errors/checkNumber';
import { checkOptionNames } from '../../errors/optionNames';
import { wrongKind } from '../../errors/wrongKind';
import { checkPixels, checkSize } from './checkPixels';
import type { Picture, Pixels } from './pixels';

export interface SideBySideOptions {
  /** Pixels between two pictures. @default 0 */
  gap?: number;
}

/**
 * Pictures in one row, from left to right. The gap, and what is left under a shorter picture, is white.
 *
 * @throws RangeError if there is no picture, or `gap` is not a whole number of pixels.
 * @throws TypeError if `pictures` is no list of pictures, or an option is unknown.
 * @example
 * ```ts
 * const map = await colorize(reduceChannels(saliency(model, image)), { colors: 'blueRed' });
 * sideBySide([await toPixels(image), map], { gap: 4 });
 * ```
 */
export function sideBySide(pictures: readonly Pixels[], options: SideBySideOptions = {}): Picture {
  return door('sideBySide', () => {
    checkPictures(pictures);
    checkOptionNames(options, ['gap']);
    const { gap = 0 } = options;
    if (pictures.length === 0) throw ours(new RangeError('expected pictures to be at least one, got none'));
    checkNumber(gap, 'gap to be a whole number of pixels', (size) => Number.isInteger(size) && size >= 0);

    const width = pictures.reduce((total, picture) => total + picture.width, gap * (pictures.length - 1));
    const height = Math.max(...pictures.map((picture) => picture.height));
    checkSize(width, height);
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
  });
}

function checkPictures(pictures: unknown): void {
  if (!Array.isArray(pictures)) throw wrongKind('pictures to be a list of pixels', pictures);
  Array.from<unknown>(pictures).forEach((picture, i) => checkPixels(picture, `pictures[${i}]`));
}
