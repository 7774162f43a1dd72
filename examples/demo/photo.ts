import { convertIndexedToRgb, decode as decodePng, hasPngSignature } from 'fast-png';
import type { DecodedImage } from 'guided-saliency/image';
import jpeg from 'jpeg-js';
import { bytesOf } from './files';
import { readJpegHead } from './jpegHead';
import { named } from './named';

/** Larger photos are not decoded: each pixel takes 4 bytes and more. */
const MOST_MILLIONS = 50;

/**
 * A photo, as it lies in its file.
 *
 * @throws Error if there is no such file, it is neither PNG nor JPEG, damaged, or too large.
 */
export async function readPhoto(path: string): Promise<DecodedImage> {
  const bytes = await bytesOf(path, '--image');
  return named('--image', () => decodePhoto(bytes, path));
}

/**
 * The photo that the bytes of a file are.
 *
 * @param path How an error names it.
 * @throws Error if it is neither PNG nor JPEG, damaged, or too large.
 */
export function decodePhoto(bytes: Uint8Array, path: string): DecodedImage {
  const isPng = hasPngSignature(bytes);
  if (!isPng && !(bytes[0] === 0xff && bytes[1] === 0xd8)) {
    throw new Error(`expected "${path}" to be a PNG or a JPEG`);
  }
  const { width, height, orientation } = isPng ? readPngHead(bytes) : readJpegHead(bytes);
  if (width * height > MOST_MILLIONS * 1e6) {
    const expected = `expected "${path}" to have at most ${MOST_MILLIONS} million pixels`;
    throw new Error(`${expected}, got ${width} x ${height}; make it smaller first`);
  }
  try {
    return isPng ? fromPng(bytes) : { ...fromJpeg(bytes), orientation };
  } catch (error) {
    throw new Error(`cannot decode "${path}": ${(error as Error).message}`);
  }
}

function fromJpeg(bytes: Uint8Array): DecodedImage {
  const limits = { maxResolutionInMP: MOST_MILLIONS, maxMemoryUsageInMB: 2048 };
  return jpeg.decode(bytes, { useTArray: true, formatAsRGBA: false, ...limits });
}

/** A PNG of any kind: 1 to 16 bits, grey or colour, with a palette or not. */
function fromPng(bytes: Uint8Array): DecodedImage {
  const png = decodePng(bytes);
  const { width, height, depth } = png;
  const palette = png.palette ?? (depth < 8 ? greyLevels(depth) : undefined);
  return { width, height, data: palette ? convertIndexedToRgb({ ...png, palette }) : png.data };
}

function greyLevels(depth: number): number[][] {
  const last = 2 ** depth - 1;
  return Array.from({ length: last + 1 }, (_, i) => [Math.round((255 * i) / last)]);
}

/** The first chunk of a PNG, which has its size. */
function readPngHead(bytes: Uint8Array) {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const [width, height] = bytes.length < 24 ? [0, 0] : [view.getUint32(16), view.getUint32(20)];
  return { width, height, orientation: 1 };
}
