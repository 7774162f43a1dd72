import { ours } from '../../errors/door';
import { wrongKind } from '../../errors/wrongKind';
import { isPromise } from '../../errors/isPromise';
import { isTensor } from '../../errors/checkTensor';
import type { Pixels } from './pixels';

/** Refuses what is no picture where one belongs. */
export function checkPixels(value: unknown, name: string): asserts value is Pixels {
  const expected = `${name} to be pixels`;
  if (isPromise(value)) throw wrongKind(expected, value);
  if (isTensor(value)) {
    throw wrongKind(expected, value, 'make them with await toPixels(image) or await colorize(map)');
  }
  const { width, height, data } = (value ?? {}) as { [Key in keyof Pixels]?: unknown };
  if (!isSize(width) || !isSize(height) || !isList(data)) {
    throw wrongKind(`${expected}, { width, height, data }`, value);
  }
  const { length } = data as Uint8ClampedArray;
  if (length === 4 * width * height) return;
  const numbers = `4 x ${width} x ${height} = ${4 * width * height} numbers`;
  throw ours(new RangeError(`expected ${name} to hold ${numbers}, got ${length}`));
}

/** Refuses a picture without a pixel, which is no file and nothing to draw. */
export function checkSomePixels({ data }: Pixels, name = 'pixels'): void {
  if (data.length === 0) throw ours(new RangeError(`expected ${name} to hold a pixel, got none`));
}

/** Refuses a picture that is to be larger than any array of a machine. */
export function checkSize(width: number, height: number): void {
  if (4 * width * height <= MOST_BYTES) return;
  throw ours(
    new RangeError(`expected a picture of at most ${MOST_BYTES / 4} pixels, got ${width} x ${height}`),
  );
}

const MOST_BYTES = 2 ** 31;

/** Bytes as a canvas has them, of whatever typed array. */
const isList = (data: unknown) => ArrayBuffer.isView(data) && 'subarray' in data;

const isSize = (value: unknown): value is number => Number.isInteger(value) && (value as number) >= 0;
