import type { Tensor } from '@tensorflow/tfjs-core';
import { checkTensor } from '../../errors/checkTensor';
import { doorAsync } from '../../errors/door';
import { checkOptionNames } from '../../errors/optionNames';
import { mapSize, type MapSize } from './mapSize';
import type { Picture } from '../pictures/pixels';
import { numbersOf } from '../numbersOf';
import { SHADING, shading, type ColorizeOptions } from './shading';

export type { ColorizeOptions };

/**
 * A map as a picture: every value in a colour, from `-limit` (or 0) to `limit`.
 *
 * With the defaults 0 is mid-grey, what speaks for the target is brighter, what speaks against it darker, and
 * full white or black is the 99th percentile of the magnitudes: a few very large cells would otherwise leave
 * the rest grey. A map of zeros is the colour of 0 all over.
 *
 * @param map [height, width], [1, height, width], or [1, height, width, channels] with 1 or 3 channels. Of a
 *   batch, colour one sample at a time (`tf.slice`). It stays the caller's.
 * @returns An opaque picture of the size of the map.
 * @throws TypeError if `map` is no tensor, or an option is unknown.
 * @throws RangeError if `map` has another shape, or holds a NaN or an infinity; if `colors` is not a scale;
 *   if `percentile` is not in (0, 100]; if `limit` is not positive.
 * @example
 * ```ts
 * const map = guidedBackprop(model, image, { target: 281 });
 * await colorize(map); // red, green and blue each by itself, 0 is grey
 * await colorize(reduceChannels(map), { colors: 'blueRed' });
 * ```
 */
export function colorize(map: Tensor, options: ColorizeOptions = {}): Promise<Picture> {
  return doorAsync('colorize', async () => {
    checkTensor(map, 'map');
    checkOptionNames(options, SHADING);
    return colorized(map, mapSize(map.shape), shading(options));
  });
}

/** The picture of a map, with its numbers read back. */
export async function colorized(
  map: Tensor,
  { height, width, channels }: MapSize,
  shade: ReturnType<typeof shading>,
): Promise<Picture> {
  const values = await numbersOf(map);
  const { table, at } = shade(values, channels);
  const data = new Uint8ClampedArray(4 * width * height).fill(255);
  for (let i = 0; i < values.length; i++) {
    const color = at(values[i] ?? 0);
    if (channels === 3) data[4 * Math.floor(i / 3) + (i % 3)] = table[color] ?? 0;
    else data.set(table.subarray(color, color + 3), 4 * i);
  }
  return { width, height, data };
}
