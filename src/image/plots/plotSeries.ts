import type { Tensor } from '@tensorflow/tfjs-core';
import { ticks } from 'd3-array';
import { line } from 'd3-shape';
import { checkNumber } from '../../errors/checkNumber';
import { doorAsync, ours } from '../../errors/door';
import { checkOptionNames } from '../../errors/optionNames';
import type { ColorScale } from '../coloring/colorScale';
import { cssOf, SHADING, shading, type ColorizeOptions } from '../coloring/shading';
import { numbersOf } from '../numbersOf';
import { inDigits } from './escaped';
import { lengthOf } from './flatMap';
import { extent, linear } from './scales';
import { widthOf } from './widthOf';

export interface PlotSeriesOptions extends ColorizeOptions {
  /**
   * The colours of the map.
   *
   * @default 'blueRed'
   */
  colors?: ColorScale;
  /** Pixels across. @default 640 */
  width?: number;
  /** Pixels down. @default 160 */
  height?: number;
}

/** Pixels of a letter. */
const SIZE = 11;

/** Room for the numbers beside the axes; more at the left where they are long. */
const MARGIN = { left: 48, right: 8, top: 8, bottom: 24 };

/**
 * A series, such as a sound, as a line coloured by its map: SVG, as text.
 *
 * A piece of the line between two samples has the colour of the first one's value in the map: with the
 * defaults blue where it speaks against the target, red where it speaks for it, pale where it is near 0; full
 * colour is the 99th percentile of the magnitudes.
 *
 * @param series The samples: [n], [1, n] or [1, n, 1]. It stays the caller's.
 * @param map Of as many samples. Of one with channels: `reduceChannels(map)`. It stays the caller's.
 * @returns An `<svg>` element, as text, with a title that says what is drawn; to a page, or a file.
 * @throws TypeError if one of them is no tensor, or an option is unknown.
 * @throws RangeError if they have other shapes, or hold a NaN or an infinity; if an option is out of its
 *   range.
 * @example
 * ```ts
 * const sound = tf.sin(tf.linspace(0, 20, 200)) as tf.Tensor1D;
 * const map = tf.tidy(() => saliency((x) => tf.square(x), sound, { target: (y) => tf.sum(y) }));
 * writeFileSync('sound.svg', await plotSeries(sound, map));
 * ```
 */
export function plotSeries(series: Tensor, map: Tensor, options: PlotSeriesOptions = {}): Promise<string> {
  return doorAsync('plotSeries', async () => {
    const [count, others] = [lengthOf(series, 'series'), lengthOf(map, 'map')];
    if (count !== others) {
      throw ours(new RangeError(`expected map to have the ${count} samples of series, got ${others}`));
    }
    checkOptionNames(options, [...SHADING, 'width', 'height']);
    const { width = 640, height = 160, colors = 'blueRed', ...rest } = options;
    checkNumber(width, 'width to be at least 100 pixels', (size) => size >= 100 && size < Infinity);
    checkNumber(height, 'height to be at least 60 pixels', (size) => size >= 60 && size < Infinity);
    const shade = shading({ ...rest, colors });
    const values = await numbersOf(map);
    const shades = shade(values);
    const samples = await numbersOf(series);
    shade(samples); // which refuses a NaN

    const [least, most] = extent(samples);
    const heights = ticks(least, most, 3);
    const widest = Math.max(...heights.map((at) => widthOf(text(at), SIZE)));
    const left = Math.min(Math.max(MARGIN.left, widest + 8), width / 2);
    const across = linear([0, Math.max(1, count - 1)], [left, width - MARGIN.right]);
    const up = linear([least, most], [height - MARGIN.bottom, MARGIN.top]);
    const path = line<number>(
      (i) => Math.round(100 * across(i)) / 100,
      (i) => Math.round(100 * up(samples[i]!)) / 100,
    );
    const pieces = Array.from({ length: Math.max(1, count - 1) }, (_, i) => {
      const drawn = path([i, Math.min(i + 1, count - 1)]);
      return `<path d="${drawn}" stroke="${cssOf(shades, values[i]!)}"/>`;
    });
    const numbers = [
      ...ticks(0, count - 1, 6)
        .filter(Number.isInteger)
        .map((at) => tick(across(at), height - 8, 'middle', at)),
      ...heights.map((at) => tick(left - 6, up(at) + 4, 'end', at)),
    ];
    const title = `A series of ${count} samples; full colour is ${inDigits(shades.limit)} of the map`;
    return [
      `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" role="img">`,
      `<title>${title}</title>`,
      // with a grey edge: a piece near 0 may have the colour of the paper
      `<path d="${path(Array.from({ length: count }, (_, i) => i))}" fill="none" stroke="#aaa" stroke-width="3"/>`,
      `<g fill="none" stroke-width="2" stroke-linecap="round">${pieces.join('')}</g>`,
      `<g font-family="sans-serif" font-size="${SIZE}" fill="#555">${numbers.join('')}</g>`,
      '</svg>',
    ].join('\n');
  });
}

function tick(x: number, y: number, anchor: string, value: number): string {
  return `<text x="${Math.round(x)}" y="${Math.round(y)}" text-anchor="${anchor}">${text(value)}</text>`;
}

/** A round number of an axis, whole: two of them may differ in the seventh digit. */
function text(value: number): string {
  return String(Number(value.toPrecision(12)));
}
