import { checkNumber } from '../../errors/checkNumber';
import { door } from '../../errors/door';
import { checkPixels, checkSize } from './checkPixels';
import type { Picture, Pixels } from './pixels';

/**
 * A picture with each pixel made a square of pixels: the map of a small input as it is, not smoothed into
 * more.
 *
 * @param factor How many times as wide and as high.
 * @throws RangeError if `factor` is not a positive integer.
 * @throws TypeError if `picture` is no picture.
 * @example
 * ```ts
 * const heat = await colorize(gradCam(model, image, { target: 281 }));
 * writeFileSync('cam.png', encodePng(enlarge(heat, 16)));
 * ```
 */
export function enlarge(picture: Pixels, factor: number): Picture {
  return door('enlarge', () => {
    checkPixels(picture, 'picture');
    checkNumber(factor, 'factor to be a positive integer', (times) => Number.isInteger(times) && times > 0);
    const [width, height] = [factor * picture.width, factor * picture.height];
    checkSize(width, height);
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
