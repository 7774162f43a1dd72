import { rgb } from 'd3-color';
import {
  interpolateInferno,
  interpolateRdBu,
  interpolateTurbo,
  interpolateViridis,
} from 'd3-scale-chromatic';
import { ours } from '../errors/door';

/**
 * A colour scale, by name or as a function from 0...1 to a CSS colour (in `rgb(...)` whole numbers), such as
 * any interpolator of d3.
 *
 * `'grey'` (black, mid-grey, white) and `'blueRed'` (blue, white, red) have a neutral middle, for maps with
 * signs; `'inferno'`, `'viridis'` and `'turbo'` begin at nothing, for maps without.
 */
export type ColorScale =
  'grey' | 'blueRed' | 'inferno' | 'viridis' | 'turbo' | ((fraction: number) => string);

/** Colours in a table. An odd number, so that the middle of the scale is one of them. */
export const COLORS = 511;

/** `COLORS` colours from the beginning to the end of a scale, as red, green, blue, red, green, blue ... */
export function colorTable(scale: ColorScale): Uint8ClampedArray {
  const colorAt = typeof scale === 'function' ? scale : named[scale];
  const table = new Uint8ClampedArray(3 * COLORS);
  for (let i = 0; i < COLORS; i++) {
    const css = colorAt(i / (COLORS - 1));
    const { r, g, b } = rgb(css);
    if (Number.isNaN(r)) throw ours(new RangeError(`expected colors to return CSS colours, got "${css}"`));
    table.set([r, g, b], 3 * i);
  }
  return table;
}

/** Whether a scale has the colour of 0 in its middle. Of a function nobody knows; most have. */
export function hasMiddle(scale: ColorScale): boolean {
  return typeof scale === 'function' || scale === 'grey' || scale === 'blueRed';
}

const named: Record<Exclude<ColorScale, (fraction: number) => string>, (fraction: number) => string> = {
  grey: (fraction) =>
    `rgb(${Array(3)
      .fill(Math.round(255 * fraction))
      .join()})`,
  blueRed: (fraction) => interpolateRdBu(1 - fraction),
  inferno: interpolateInferno,
  viridis: interpolateViridis,
  turbo: interpolateTurbo,
};

export const scaleNames = Object.keys(named);
