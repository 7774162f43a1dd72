import { door, ours } from '../errors/door';
import { checkPixels } from './checkPixels';
import type { Pixels } from './pixels';

/**
 * A picture with each pixel made a square of pixels: the map of a small input as it is, not smoothed into
 * more.
 *
 * @param factor How many times as wide and as high.
 * @throws RangeError if `factor` is not a positive integer.
 * @throws TypeError if `picture` is no picture.
 */
export function enlarge(picture: Pixels, factor: number): Pixels {
  return door('enlarge', () => {
    checkPixels(picture, 'picture');
    if (!Number.isInteger(factor) || factor < 1) {
      throw ours(new RangeError(`expected factor to be a positive integer, got ${String(factor)}`));
    }
    const [width, height] = [factor * picture.width, factor * picture.height];
    const data = new Uint8ClampedArray(4 * width * height);
    for (let row = 0; row < height; row++) {
      for (let column = 0; column < width; column++) {
        const from = 4 * (Math.floor(row / factor) * picture.width + Math.floor(column / factor));
        data.set(picture.data.subarray(from, from + 4), 4 * (row * width + column));
      }
    }
    return { width, height, data };
  });
}
