import { ours } from '../../errors/door';
import { kindOf } from '../../errors/kindOf';
import { wrongKind } from '../../errors/wrongKind';
import type { DecodedImage } from './imageSource';

/** Refuses what is no decoded file: numbers that mean something else would make another image in silence. */
export function checkDecoded(image: object, expected: string): DecodedImage {
  const { width, height, data, orientation, palette, depth } = image as Record<string, unknown>;
  if (!isSize(width) || !isSize(height) || fullOf(data) === undefined) {
    const whole = '{ width, height, data } with bytes in data';
    throw wrongKind(`${expected}, ${whole}`, image);
  }
  // pngjs says with true or false what the file had; its data are colours
  if (Array.isArray(palette)) {
    const next = 'give { width, height, data: convertIndexedToRgb(image) }, with fast-png';
    throw ours(new TypeError(`expected image to hold colours, got numbers of a palette; ${next}`));
  }
  const decoded = image as DecodedImage;
  if (typeof depth === 'number' && depth < 8 && numbersAPixel(decoded) <= 1) {
    throw ours(
      new RangeError(`expected image to have 8 or 16 bits a number, got ${depth}; unpack them first`),
    );
  }
  if (!NUMBERS.includes(numbersAPixel(decoded))) {
    const numbers = `1, 2, 3 or 4 numbers for each of ${width} x ${height} pixels`;
    throw ours(new RangeError(`expected image.data to hold ${numbers}, got ${decoded.data.length}`));
  }
  if (orientation !== undefined && !ORIENTATIONS.includes(orientation)) {
    const got = typeof orientation === 'number' ? orientation : kindOf(orientation);
    throw ours(new RangeError(`expected image.orientation to be 1 to 8, as EXIF counts, got ${got}`));
  }
  return decoded;
}

/** How many numbers a pixel has. */
export function numbersAPixel({ width, height, data }: DecodedImage): number {
  return data.length / (width * height);
}

/** The number of full colour; undefined where the data are no bytes. */
export function fullOf(data: unknown): number | undefined {
  return ArrayBuffer.isView(data) ? FULL[(data as Uint8Array)[Symbol.toStringTag]] : undefined;
}

/** By name, as an array may come out of another window. */
const FULL: Readonly<Record<string, number>> = {
  Uint8Array: 255,
  Uint8ClampedArray: 255,
  Uint16Array: 65535,
};

const NUMBERS: readonly number[] = [1, 2, 3, 4];

const ORIENTATIONS: readonly unknown[] = [1, 2, 3, 4, 5, 6, 7, 8];

const isSize = (value: unknown): value is number => Number.isInteger(value) && (value as number) > 0;
