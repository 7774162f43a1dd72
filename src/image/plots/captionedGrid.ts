import { door, ours } from '../../errors/door';
import { checkNumber } from '../../errors/checkNumber';
import { checkOptionNames } from '../../errors/optionNames';
import { wrongKind } from '../../errors/wrongKind';
import { checkPixels, checkSomePixels } from '../pictures/checkPixels';
import { encodePng } from '../pictures/encodePng';
import type { Pixels } from '../pictures/pixels';
import { escaped } from './escaped';
import { widthOf } from './widthOf';

/** A picture, and what stands below it. */
export interface CaptionedPicture {
  readonly picture: Pixels;
  /** One line, or several with `\n` between them. */
  readonly caption: string;
}

export interface CaptionedGridOptions {
  /** Pictures in a row. When left out: as many as make a square. */
  columns?: number;
  /** Pixels between two pictures. @default 4 */
  gap?: number;
}

/** Pixels of a letter, from one line to the next, and below a caption. */
const [SIZE, LINE, BELOW] = [13, 17, 8];

/**
 * Pictures in rows, each with its caption below it, black on white: SVG, as text.
 *
 * The pictures are in it as PNG, pixel by pixel; the letters are drawn by whoever shows it, as a font is at
 * hand there and not here. A cell is as wide as the widest picture or caption.
 *
 * @param cells In the order of reading. They stay the caller's.
 * @returns An `<svg>` element, as text, with the captions as its title; to a page, or a file. For its pixels
 *   let a page draw it, as the `src` of an `<img>`.
 * @throws TypeError if `cells` is no list of pictures with captions, or an option is unknown.
 * @throws RangeError if there is no cell, a picture without a pixel, or an option is out of its range.
 * @example
 * ```ts
 * const map = await colorize(reduceChannels(saliency(model, image)), { colors: 'blueRed' });
 * const svg = captionedGrid([
 *   { picture: await toPixels(image), caption: 'photo' },
 *   { picture: map, caption: 'saliency\n1 pass' },
 * ]);
 * writeFileSync('maps.svg', svg);
 * ```
 */
export function captionedGrid(
  cells: readonly CaptionedPicture[],
  options: CaptionedGridOptions = {},
): string {
  return door('captionedGrid', () => {
    checkCells(cells);
    checkOptionNames(options, ['columns', 'gap']);
    const { columns = Math.ceil(Math.sqrt(cells.length)), gap = 4 } = options;
    checkNumber(columns, 'columns to be a whole number above 0', (n) => Number.isInteger(n) && n > 0);
    checkNumber(gap, 'gap to be a whole number of pixels', (size) => Number.isInteger(size) && size >= 0);

    const captions = cells.map(({ caption }) => caption.split('\n'));
    const lines = Math.max(...captions.map(({ length }) => length));
    const largest = (side: 'width' | 'height') => Math.max(...cells.map(({ picture }) => picture[side]));
    const cellWidth = Math.max(largest('width'), ...captions.flat().map((line) => widthOf(line, SIZE)));
    const cellHeight = largest('height') + lines * LINE + BELOW;
    const across = Math.min(columns, cells.length);
    const width = across * (cellWidth + gap) - gap;
    const height = Math.ceil(cells.length / across) * (cellHeight + gap) - gap;

    const drawn = cells.flatMap(({ picture }, i) => {
      const [left, top] = [(i % across) * (cellWidth + gap), Math.floor(i / across) * (cellHeight + gap)];
      const size = `width="${picture.width}" height="${picture.height}"`;
      const texts = captions[i]!.map((line, at) => {
        return `<text x="${left}" y="${top + picture.height + SIZE + at * LINE}">${escaped(line)}</text>`;
      });
      return [`<image x="${left}" y="${top}" ${size} href="${addressOf(picture)}"/>`, ...texts];
    });
    return [
      `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" role="img">`,
      `<title>${escaped(captions.map((caption) => caption.join(', ')).join('; '))}</title>`,
      '<rect width="100%" height="100%" fill="#fff"/>',
      `<g font-family="sans-serif" font-size="${SIZE}" fill="#000">`,
      ...drawn,
      '</g>',
      '</svg>',
    ].join('\n');
  });
}

function checkCells(cells: unknown): void {
  if (!Array.isArray(cells)) throw wrongKind('cells to be a list of { picture, caption }', cells);
  if (cells.length === 0) throw ours(new RangeError('expected cells to be at least one, got none'));
  Array.from<unknown>(cells).forEach((cell, i) => {
    const { picture, caption } = Object(cell) as { [Key in keyof CaptionedPicture]?: unknown };
    checkPixels(picture, `cells[${i}].picture`);
    checkSomePixels(picture, `cells[${i}].picture`);
    if (typeof caption !== 'string') throw wrongKind(`cells[${i}].caption to be a text`, caption);
  });
}

/** A picture as an address that holds it. */
function addressOf(picture: Pixels): string {
  const letters = Array.from(encodePng(picture), (byte) => String.fromCharCode(byte));
  return `data:image/png;base64,${btoa(letters.join(''))}`;
}
