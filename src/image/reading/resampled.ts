import { fullOf, numbersAPixel } from './checkDecoded';
import type { InputSize } from './inputSize';
import type { Upright } from './upright';

/** What a new row or column is made of: old ones, from `first` on, each by its share. */
interface Shares {
  readonly first: number;
  readonly shares: readonly number[];
}

/**
 * An image in another size.
 *
 * @param wanted The size, and which part of the image it is of.
 * @returns `height * width * channels` numbers in 0...1.
 */
export function resampled(picture: Upright, wanted: InputSize & { crop: 'center' | 'none' }): Float32Array {
  const { height, width, channels, crop } = wanted;
  const [rows, columns] = crop === 'none' ? [picture.rows, picture.columns] : middle(picture, wanted);
  const [top, left] = [(picture.rows - rows) >> 1, (picture.columns - columns) >> 1];
  const across = sharesOf(columns, width);
  const down = sharesOf(rows, height);

  const narrowed = new Float32Array(rows * width * channels); // all rows, each in its new width
  const row = new Float32Array(columns * channels);
  for (let i = 0; i < rows; i++) {
    readRow(picture, top + i, left, channels, row);
    for (let j = 0; j < width; j++) {
      const { first, shares } = across[j]!;
      for (let channel = 0; channel < channels; channel++) {
        let sum = 0;
        for (let k = 0; k < shares.length; k++) sum += shares[k]! * row[(first + k) * channels + channel]!;
        narrowed[(i * width + j) * channels + channel] = sum;
      }
    }
  }

  const line = width * channels;
  const values = new Float32Array(height * line);
  for (let i = 0; i < height; i++) {
    const { first, shares } = down[i]!;
    for (let j = 0; j < line; j++) {
      let sum = 0;
      for (let k = 0; k < shares.length; k++) sum += shares[k]! * narrowed[(first + k) * line + j]!;
      values[i * line + j] = sum;
    }
  }
  return values;
}

/** Rows and columns of the largest part that has the proportions wanted. */
function middle({ rows, columns }: Upright, { height, width }: InputSize): [number, number] {
  const scale = Math.min(rows / height, columns / width);
  return [Math.max(1, Math.round(scale * height)), Math.max(1, Math.round(scale * width))];
}

/** How `count` new cells share `length` old ones, the outer edges of both meeting. */
function sharesOf(length: number, count: number): Shares[] {
  const scale = length / count;
  return Array.from({ length: count }, (_, i) =>
    scale > 1 ? covered(i, scale, length) : between(i, scale, length),
  );
}

/** The cells that a larger one covers, each by how much of it. */
function covered(i: number, scale: number, length: number): Shares {
  const [from, to] = [i * scale, Math.min((i + 1) * scale, length)];
  const first = Math.floor(from);
  const shares: number[] = [];
  for (let k = first; k < to; k++) shares.push((Math.min(to, k + 1) - Math.max(from, k)) / scale);
  return { first, shares };
}

/** The two cells whose middles are nearest; at the edges there is one. */
function between(i: number, scale: number, length: number): Shares {
  const at = Math.min(Math.max((i + 0.5) * scale - 0.5, 0), length - 1);
  const first = Math.floor(at);
  return { first, shares: at === first ? [1] : [1 - (at - first), at - first] };
}

/** The pixels of a row from `left` on, in 0...1, laid on white; as many as `row` takes. */
function readRow(
  { image, start, down, across }: Upright,
  at: number,
  left: number,
  channels: number,
  row: Float32Array,
) {
  const { data } = image;
  const numbers = numbersAPixel(image);
  const full = fullOf(data)!;
  const hasAlpha = numbers % 2 === 0;
  const [green, blue] = numbers < 3 ? [0, 0] : [1, 2];
  const columns = row.length / channels;
  for (let j = 0; j < columns; j++) {
    const pixel = numbers * (start + at * down + (left + j) * across);
    const alpha = hasAlpha ? data[pixel + numbers - 1]! / full : 1;
    const share = alpha / full; // on white: 1 + alpha * (value / full - 1)
    const r = data[pixel]!;
    const g = data[pixel + green]!;
    const b = data[pixel + blue]!;
    if (channels === 1) row[j] = 1 - alpha + share * (0.299 * r + 0.587 * g + 0.114 * b);
    else {
      row[3 * j] = 1 - alpha + share * r;
      row[3 * j + 1] = 1 - alpha + share * g;
      row[3 * j + 2] = 1 - alpha + share * b;
    }
  }
}
