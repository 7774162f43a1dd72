import type { Tensor } from '@tensorflow/tfjs-core';
import { checkNumber } from '../../errors/checkNumber';
import { checkTensor } from '../../errors/checkTensor';
import { doorAsync, ours } from '../../errors/door';
import { checkOptionNames } from '../../errors/optionNames';
import { checkSize } from '../pictures/checkPixels';
import type { Picture } from '../pictures/pixels';
import { SHADING, shading, type ColorizeOptions } from '../coloring/shading';
import { numbersOf } from '../numbersOf';

export interface SliceGridOptions extends ColorizeOptions {
  /** The most slices: as far from each other as can be, the first and the last among them. @default 16 */
  slices?: number;
  /** Slices in a row. When left out: as many as make a square. */
  columns?: number;
  /** Pixels between two slices, which are white. @default 1 */
  gap?: number;
}

/**
 * The slices of a volume's map as one picture, row by row from the top left, all by the same colours.
 *
 * What a colour means is as in `colorize`: with the defaults 0 is mid-grey, and full white or black the 99th
 * percentile of the magnitudes in the whole volume.
 *
 * @param map [depth, height, width], [1, depth, height, width] or [1, depth, height, width, 1]. It stays the
 *   caller's.
 * @returns An opaque picture.
 * @throws TypeError if `map` is no tensor, or an option is unknown.
 * @throws RangeError if `map` has another shape, or holds a NaN or an infinity; if an option is out of its
 *   range.
 * @example
 * ```ts
 * const scan = tf.randomNormal([1, 12, 32, 32, 1]);
 * const map = saliency((x) => tf.relu(x), scan, { target: (y) => tf.sum(y) });
 * writeFileSync('scan.png', encodePng(await sliceGrid(map, { columns: 4 })));
 * ```
 */
export function sliceGrid(map: Tensor, options: SliceGridOptions = {}): Promise<Picture> {
  return doorAsync('sliceGrid', async () => {
    checkTensor(map, 'map');
    const [depth, height, width] = volumeOf(map.shape);
    checkOptionNames(options, [...SHADING, 'slices', 'columns', 'gap']);
    const { slices = 16, columns, gap = 1, ...rest } = options;
    const isCount = (count: number) => Number.isInteger(count) && count > 0;
    checkNumber(slices, 'slices to be a whole number above 0', isCount);
    if (columns !== undefined) checkNumber(columns, 'columns to be a whole number above 0', isCount);
    checkNumber(gap, 'gap to be a whole number of pixels', (size) => Number.isInteger(size) && size >= 0);
    const shade = shading(rest);
    const count = Math.min(slices, depth);
    const across = Math.min(columns ?? Math.ceil(Math.sqrt(count)), count);
    const down = Math.ceil(count / across);
    const size = { width: across * (width + gap) - gap, height: down * (height + gap) - gap };
    checkSize(size.width, size.height);

    const values = await numbersOf(map);
    const { table, at } = shade(values);
    const data = new Uint8ClampedArray(4 * size.width * size.height).fill(255);
    for (let i = 0; i < count; i++) {
      const slice = count === 1 ? Math.floor(depth / 2) : Math.round((i * (depth - 1)) / (count - 1));
      const [left, top] = [(i % across) * (width + gap), Math.floor(i / across) * (height + gap)];
      for (let y = 0; y < height; y++) {
        for (let x = 0; x < width; x++) {
          const color = at(values[(slice * height + y) * width + x]!);
          data.set(table.subarray(color, color + 3), 4 * ((top + y) * size.width + left + x));
        }
      }
    }
    return { ...size, data };
  });
}

function volumeOf(shape: readonly number[]): [number, number, number] {
  const [batch, ...axes] = shape.length === 3 ? [1, ...shape] : shape;
  const own = axes.length === 4 && axes[3] === 1 ? axes.slice(0, 3) : axes;
  if (batch === 1 && own.length === 3 && own.every((size) => size > 0))
    return own as [number, number, number];
  const expected = '[depth, height, width], [1, depth, height, width] or [1, depth, height, width, 1]';
  throw ours(new RangeError(`expected map to be ${expected}, got [${shape.join(', ')}]`));
}
