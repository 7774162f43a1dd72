import type { Tensor } from '@tensorflow/tfjs-core';
import { checkNumber } from '../../errors/checkNumber';
import { doorAsync, ours } from '../../errors/door';
import { checkOptionNames } from '../../errors/optionNames';
import { wrongKind } from '../../errors/wrongKind';
import type { ColorScale } from '../coloring/colorScale';
import { cssOf, SHADING, shading, type ColorizeOptions } from '../coloring/shading';
import { numbersOf } from '../numbersOf';
import { escaped, inDigits } from './escaped';
import { lengthOf } from './flatMap';
import { linear } from './scales';
import { widthOf } from './widthOf';

export interface PlotBarsOptions extends ColorizeOptions {
  /** What each value is of, e.g. the columns of a table. When left out: their numbers, from 0. */
  names?: readonly string[];
  /** The most bars: those of the largest magnitudes. @default 20 */
  most?: number;
  /**
   * The colours of the bars.
   *
   * @default 'blueRed'
   */
  colors?: ColorScale;
  /** Pixels across. @default 480 */
  width?: number;
}

/** Pixels of a bar, with the gap below it. */
const ROW = 22;

/** Pixels of a letter. */
const SIZE = 12;

/** The share of the width that names may take. */
const NAMES = 0.35;

/**
 * A map of named values, such as the columns of a table, as signed bars, the largest magnitude first: SVG,
 * as text.
 *
 * A bar to the right speaks for the target, one to the left against it; its length and the number beside it
 * are the value in the map, in the map's units.
 *
 * @param map [n], [1, n] or [1, n, 1]. It stays the caller's.
 * @returns An `<svg>` element, as text, with a title that says what is drawn; to a page, or a file.
 * @throws TypeError if `map` is no tensor, `names` no list of texts, or an option is unknown.
 * @throws RangeError if `map` has another shape, or holds a NaN or an infinity; if there are not as many
 *   names as values; if an option is out of its range.
 * @example
 * ```ts
 * const row = tf.tensor2d([[37, 5200, 3]]);
 * const map = inputXGradient((x) => tf.dot(x, [[0.2], [0.001], [-4]]), row, { target: 0 });
 * writeFileSync('row.svg', await plotBars(map, { names: ['age', 'income', 'rooms'] }));
 * ```
 */
export function plotBars(map: Tensor, options: PlotBarsOptions = {}): Promise<string> {
  return doorAsync('plotBars', async () => {
    const count = lengthOf(map, 'map');
    checkOptionNames(options, [...SHADING, 'names', 'most', 'width']);
    const { most = 20, width = 480, colors = 'blueRed', names, ...rest } = options;
    checkNumber(most, 'most to be a whole number above 0', (bars) => Number.isInteger(bars) && bars > 0);
    checkNumber(width, 'width to be at least 100 pixels', (size) => size >= 100 && size < Infinity);
    const named = namesOf(names, count);
    const shade = shading({ ...rest, colors });
    const values = await numbersOf(map);
    const shades = shade(values);

    const shown = [...values.keys()]
      .sort((a, b) => Math.abs(values[b]!) - Math.abs(values[a]!))
      .slice(0, most);
    const largest = Math.abs(values[shown[0]!]!) || 1;
    const [from, to] = [NAMES * width, width - 60];
    const hasNegative = shown.some((i) => values[i]! < 0);
    const across = linear([hasNegative ? -largest : 0, largest], [hasNegative ? from + 52 : from, to]);
    const rows = shown.map((i, row) => {
      const value = values[i]!;
      const [left, right] = [across(Math.min(0, value)), across(Math.max(0, value))].map(Math.round);
      const y = row * ROW + 4;
      const side = value < 0 ? `x="${left! - 4}" text-anchor="end"` : `x="${right! + 4}"`;
      return [
        `<text x="${Math.round(from) - 8}" y="${y + 12}" text-anchor="end">${escaped(short(named[i]!, Math.round(from) - 8))}</text>`,
        `<rect x="${left}" y="${y}" width="${right! - left!}" height="${ROW - 6}" fill="${cssOf(shades, value)}" stroke="#999" stroke-width="0.5"/>`,
        `<text ${side} y="${y + 12}" fill="#555">${inDigits(value)}</text>`,
      ].join('');
    });
    const height = shown.length * ROW + 4;
    const zero = Math.round(across(0));
    const title = `${shown.length} of ${count} values, the largest first: ${shown.map((i) => `${named[i]!} ${inDigits(values[i]!)}`).join(', ')}`;
    return [
      `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" role="img" font-family="sans-serif" font-size="${SIZE}">`,
      `<title>${escaped(title)}</title>`,
      ...rows,
      `<line x1="${zero}" x2="${zero}" y1="0" y2="${height}" stroke="#555"/>`,
      '</svg>',
    ].join('\n');
  });
}

function namesOf(names: unknown, count: number): string[] {
  if (names === undefined) return Array.from({ length: count }, (_, i) => String(i));
  if (!Array.isArray(names)) throw wrongKind('names to be a list of texts', names);
  names.forEach((name: unknown, i) => {
    if (typeof name !== 'string') throw wrongKind(`names[${i}] to be a text`, name);
  });
  if (names.length === count) return names as string[];
  throw ours(new RangeError(`expected names to be ${count}, one for each value, got ${names.length}`));
}

/** As much of a name as there is room for. */
function short(name: string, room: number): string {
  const letters = Array.from(name); // a sign of two halves stays whole
  if (letters.length <= 24 && widthOf(name, SIZE) <= room) return name;
  let most = Math.min(23, letters.length - 1);
  const cut = () => `${letters.slice(0, most).join('')}…`;
  while (most > 1 && widthOf(cut(), SIZE) > room) most--;
  return cut();
}
