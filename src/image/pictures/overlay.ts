import { door, ours } from '../../errors/door';
import { wrongKind } from '../../errors/wrongKind';
import { checkPixels } from './checkPixels';
import type { Picture, Pixels } from './pixels';

/**
 * A map laid over the photo that it is of.
 *
 * `photo + alpha · (map − photo)`, for red, green and blue; the photo's own alpha stays
 *
 * @param map The coloured map, of the photo's size. Where it is itself transparent, less of it is seen.
 * @param alpha How much of the map is seen, 0...1.
 * @throws RangeError if the sizes differ (`resizeMap` gives a map that of the photo), or `alpha` is not in
 *   0...1.
 * @throws TypeError if `photo` or `map` is no picture, or `alpha` no number.
 * @example
 * ```ts
 * const map = await colorize(reduceChannels(saliency(model, image)), { colors: 'blueRed' });
 * overlay(await toPixels(image), map, 0.7);
 * ```
 */
export function overlay(photo: Pixels, map: Pixels, alpha = 0.5): Picture {
  return door('overlay', () => {
    checkPixels(photo, 'photo');
    checkPixels(map, 'map');
    if (map.width !== photo.width || map.height !== photo.height) {
      const [expected, got] = [photo, map].map(({ width, height }) => `${width} x ${height}`);
      throw ours(
        new RangeError(
          `expected map to be ${expected} like the photo, got ${got}; resize the map before it is coloured: ` +
            `resizeMap(map, [${photo.height}, ${photo.width}])`,
        ),
      );
    }
    if (typeof alpha !== 'number') {
      throw wrongKind('alpha to be a number between 0 and 1', alpha);
    }
    if (!(alpha >= 0 && alpha <= 1)) {
      throw ours(new RangeError(`expected alpha to be between 0 and 1, got ${alpha}`));
    }

    const data = new Uint8ClampedArray(photo.data);
    for (let i = 0; i < data.length; i++) {
      if (i % 4 === 3) continue;
      const below = photo.data[i] ?? 0;
      const share = (alpha * (map.data[i - (i % 4) + 3] ?? 0)) / 255;
      data[i] = below + share * ((map.data[i] ?? 0) - below);
    }
    return { width: photo.width, height: photo.height, data };
  });
}
