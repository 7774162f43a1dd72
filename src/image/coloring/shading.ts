import { checkNumber } from '../../errors/checkNumber';
import { ours } from '../../errors/door';
import { kindOf, shown } from '../../errors/kindOf';
import { quoted } from '../../errors/quoted';
import { wrongKind } from '../../errors/wrongKind';
import { nearestRank } from '../../maps/nearestRank';
import { COLORS, colorTable, hasMiddle, scaleNames, type ColorScale } from './colorScale';

/** How values become colours. */
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
   * The magnitude shown in full colour, as a percentile of the magnitudes in the map, in (0, 100]: 99, not
   * 0.99.
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

/** The names of those options. */
export const SHADING: readonly string[] = ['colors', 'signed', 'percentile', 'limit'];

/** Colours of values. */
export interface Shading {
  /** Red, green and blue of each colour, one after the other. */
  readonly table: Uint8ClampedArray;
  /** Where in the table the colour of a value begins. */
  readonly at: (value: number) => number;
  /** The magnitude shown in full colour. */
  readonly limit: number;
  readonly signed: boolean;
}

/** The options of `colorize`, checked, with what is left out. */
export type Shades = Required<Omit<ColorizeOptions, 'limit'>> & { limit: number | undefined };

/** Checks the options, before anything is read back. */
export function shadesOf(options: ColorizeOptions): Shades {
  const { colors = 'grey', percentile = 99, limit, signed = hasMiddle(colors) } = options;
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
  return { colors, percentile, limit, signed };
}

/** Checks the options; gives how values become colours, once they are there. */
export function shading(options: ColorizeOptions): ReturnType<typeof shadingBy> {
  return shadingBy(shadesOf(options));
}

/** How values become colours, once they are there. */
export function shadingBy({
  colors,
  percentile,
  limit,
  signed,
}: Shades): (values: Float32Array, channels?: number) => Shading {
  return (values, channels = 1) => {
    for (const value of values) {
      if (!Number.isFinite(value))
        throw ours(new RangeError(`expected map to hold finite numbers, got ${value}`));
    }
    const table = colorTable(channels === 3 ? 'grey' : colors);
    const largest = limit ?? magnitudeAt(percentile, values);
    const at = (value: number) => 3 * Math.round(fraction(value / largest, signed) * (COLORS - 1));
    return { table, at, limit: largest, signed };
  };
}

/** The colour of a value, as CSS. */
export function cssOf({ table, at }: Shading, value: number): string {
  const from = at(value);
  return `rgb(${table.subarray(from, from + 3).join()})`;
}

/**
 * Percentile by nearest rank; the largest magnitude where so few cells differ from 0 that it is 0; 1 if none
 * does.
 */
function magnitudeAt(percentile: number, values: Float32Array): number {
  const sorted = Float32Array.from(values, Math.abs).sort();
  const rank = nearestRank(percentile, sorted.length);
  return sorted[rank - 1] || sorted[sorted.length - 1] || 1;
}

/** Where on its scale a value is: -1...1 over the whole of it, or 0...1. */
function fraction(value: number, signed: boolean): number {
  const clipped = Math.min(1, Math.max(-1, value));
  return signed ? (clipped + 1) / 2 : Math.max(0, clipped);
}
