import { interpolateBasis } from 'd3-interpolate';
import { interpolateInferno, interpolateTurbo, interpolateViridis, schemeRdBu } from 'd3-scale-chromatic';
import { ours } from '../../errors/door';
import { shown } from '../../errors/kindOf';

/**
 * A colour scale, by name or as a function from 0...1 to a CSS colour, `#rrggbb` or `rgb(red, green, blue)`,
 * such as any interpolator of d3.
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
  const colorAt = typeof scale === 'function' ? scale : named[scale]();
  const table = new Uint8ClampedArray(3 * COLORS);
  for (let i = 0; i < COLORS; i++) {
    const css = colorAt(i / (COLORS - 1));
    const color = typeof css === 'string' ? parsed(css) : undefined;
    if (!color) throw ours(new RangeError(`expected colors to return CSS colours, got ${shown(css)}`));
    table.set(color, 3 * i);
  }
  return table;
}

/** Whether a scale has the colour of 0 in its middle. Of a function nobody knows; most have. */
export function hasMiddle(scale: ColorScale): boolean {
  return typeof scale === 'function' || scale === 'grey' || scale === 'blueRed';
}

/** The scales that have a name, each made when it is asked for. */
const named: Record<Exclude<ColorScale, (fraction: number) => string>, () => (fraction: number) => string> = {
  grey: () => (fraction) => inCss([0, 0, 0].map(() => 255 * fraction)),
  blueRed: () => {
    const spline = [0, 1, 2].map((channel) =>
      interpolateBasis((schemeRdBu[11] ?? []).map((css) => parsed(css)?.[channel] ?? NaN)),
    );
    return (fraction) => inCss(spline.map((at) => at(1 - fraction)));
  },
  inferno: () => interpolateInferno,
  viridis: () => interpolateViridis,
  turbo: () => interpolateTurbo,
};

function inCss(color: readonly number[]): string {
  return `rgb(${color.map(Math.round).join()})`;
}

/** Red, green and blue of a CSS colour, `#rrggbb` or `rgb(red, green, blue)`; undefined for anything else. */
function parsed(css: string): number[] | undefined {
  const hex = /^#([\da-f]{2})([\da-f]{2})([\da-f]{2})$/i.exec(css);
  if (hex) return hex.slice(1).map((pair) => parseInt(pair, 16));
  return /^rgb\(\s*(\d+)\s*,\s*(\d+)\s*,\s*(\d+)\s*\)$/.exec(css)?.slice(1).map(Number);
}

export const scaleNames = Object.keys(named);
