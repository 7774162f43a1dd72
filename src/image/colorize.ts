import type { Tensor } from '@tensorflow/tfjs-core';
import { COLORS, colorTable, hasMiddle, scaleNames, type ColorScale } from './colorScale';
import { checkNumber } from '../errors/checkNumber';
import { checkTensor } from '../errors/checkTensor';
import { doorAsync, ours } from '../errors/door';
import { kindOf, shown } from '../errors/kindOf';
import { checkOptionNames } from '../errors/optionNames';
import { quoted } from '../errors/quoted';
import { wrongKind } from '../errors/wrongKind';
import type { Pixels } from './pixels';

export interface ColorizeOptions {
  /**
   * The colours of a map with one channel. A map with three is shown as red, green and blue.
   *
   * @default 'grey'
   */
  colors?: ColorScale;
  /**
   * Whether 0 has the colour in the middle of the scale, and negative values their own side of it; otherwise
   * the scale begins at 0, and what is negative is shown as 0. When left out: true, but for a named scale
   * without a neutral middle (`'inferno'`, `'viridis'`, `'turbo'`).
   */
  signed?: boolean;
  /**
   * The magnitude shown in full colour, as a percentile of the magnitudes in the map, in (0, 100].
   *
   * @default 99
   */
  percentile?: number;
  /**
   * The magnitude shown in full colour, in the units of the map: give several pictures the same to compare
   * them.
   */
  limit?: number;
}

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
 */
export function colorize(map: Tensor, options: ColorizeOptions = {}): Promise<Pixels> {
  return doorAsync('colorize', async () => {
    checkTensor(map, 'map');
    checkOptionNames(options, ['colors', 'signed', 'percentile', 'limit']);
    const { colors = 'grey', percentile = 99, limit, signed = hasMiddle(colors) } = options;
    const { height, width, channels } = sizeOf(map.shape);
    if (typeof colors !== 'function' && !scaleNames.includes(colors)) {
      const expected = `colors to be ${quoted(scaleNames)} or a function`;
      throw ours(
        new RangeError(
          `expected ${expected}, got ${typeof colors === 'string' ? shown(colors) : kindOf(colors)}`,
        ),
      );
    }
    checkNumber(
      percentile,
      'percentile to be more than 0 and at most 100',
      (share) => share > 0 && share <= 100,
    );
    if (limit !== undefined) checkNumber(limit, 'limit to be more than 0', (largest) => largest > 0);
    if (typeof signed !== 'boolean')
      throw wrongKind('signed to be true or false', signed, undefined, shown(signed));
    const table = colorTable(channels === 3 ? 'grey' : colors);

    const values = await map.data<'float32'>();
    for (const value of values) {
      if (!Number.isFinite(value))
        throw ours(new RangeError(`expected map to hold finite numbers, got ${value}`));
    }
    const scale = limit ?? magnitudeAt(percentile, values);

    const data = new Uint8ClampedArray(4 * width * height).fill(255);
    for (let i = 0; i < values.length; i++) {
      const color = 3 * Math.round(fraction((values[i] ?? 0) / scale, signed) * (COLORS - 1));
      if (channels === 3) data[4 * Math.floor(i / 3) + (i % 3)] = table[color] ?? 0;
      else data.set(table.subarray(color, color + 3), 4 * i);
    }
    return { width, height, data };
  });
}

function sizeOf(shape: number[]) {
  const [batch, height = 0, width = 0, channels] = shape.length === 2 ? [1, ...shape, 1] : [...shape, 1];
  if (shape.length < 2 || shape.length > 4 || batch !== 1 || (channels !== 1 && channels !== 3)) {
    const expected = '[height, width], [1, height, width] or [1, height, width, 1 or 3]';
    throw ours(new RangeError(`expected map to be ${expected}, got [${shape.join(', ')}]`));
  }
  return { height, width, channels };
}

/**
 * Percentile by nearest rank; the largest magnitude where so few cells differ from 0 that it is 0; 1 if none
 * does.
 */
function magnitudeAt(percentile: number, values: Float32Array): number {
  const sorted = Float32Array.from(values, Math.abs).sort();
  const rank = Math.max(1, Math.ceil((percentile / 100) * sorted.length));
  return sorted[rank - 1] || sorted[sorted.length - 1] || 1;
}

/** Where on its scale a value is: -1...1 over the whole of it, or 0...1. */
function fraction(value: number, signed: boolean): number {
  const clipped = Math.min(1, Math.max(-1, value));
  return signed ? (clipped + 1) / 2 : Math.max(0, clipped);
}
