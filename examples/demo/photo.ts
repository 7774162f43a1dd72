import { avgPool, div, expandDims, image, mean, slice, tensor3d, tidy } from '@tensorflow/tfjs-core';
import type { Tensor3D, Tensor4D } from '@tensorflow/tfjs-core';
import { convertIndexedToRgb, decode as decodePng, hasPngSignature, type DecodedPng } from 'fast-png';
import jpeg from 'jpeg-js';
import { bytesOf } from './files';

/** A photo, in 0...1. Whoever gets it disposes it. */
export async function readPhoto(path: string): Promise<Tensor3D> {
  const bytes = await bytesOf(path, '--image');
  const isPng = hasPngSignature(bytes);
  if (!isPng && !(bytes[0] === 0xff && bytes[1] === 0xd8)) {
    throw new Error(`--image: expected "${path}" to be a PNG or a JPEG`);
  }
  try {
    return isPng ? fromPng(decodePng(bytes)) : fromJpeg(bytes);
  } catch (error) {
    throw new Error(`--image: cannot decode "${path}": ${(error as Error).message}`);
  }
}

/**
 * The middle of a photo at the size that a model takes: the largest part of the model's proportions, resized.
 *
 * @param photo [height, width, 3], stays the caller's.
 * @returns [1, height, width, channels]; one channel is the mean of the three. The caller disposes it.
 */
export function fitted(photo: Tensor3D, height: number, width: number, channels: number): Tensor4D {
  return tidy(() => {
    const [rows, columns] = photo.shape;
    const shrinking = Math.min(rows / height, columns / width);
    const [cropRows, cropColumns] = [Math.round(shrinking * height), Math.round(shrinking * width)];
    const corner: [number, number, number] = [(rows - cropRows) >> 1, (columns - cropColumns) >> 1, 0];
    let part = slice(photo, corner, [cropRows, cropColumns, 3]);
    // bilinear looks at four pixels only: what is far too large is averaged first
    const whole = Math.floor(shrinking);
    if (whole > 1) part = avgPool(part, whole, whole, 'valid');
    const resized = image.resizeBilinear(part, [height, width], false, true);
    return expandDims<Tensor4D>(channels === 1 ? mean(resized, -1, true) : resized, 0);
  });
}

function fromJpeg(bytes: Uint8Array): Tensor3D {
  const { width, height, data } = jpeg.decode(bytes, { useTArray: true, formatAsRGBA: false });
  return tidy(() => div(tensor3d(data, [height, width, 3]), 255));
}

/**
 * A PNG of any kind: 1 to 16 bits, grey or colour, with a palette or not; what is transparent is laid on
 * white.
 */
function fromPng(png: DecodedPng): Tensor3D {
  const { width, height, depth } = png;
  const palette = png.palette ?? (depth < 8 ? greyLevels(depth) : undefined);
  const data = palette ? convertIndexedToRgb({ ...png, palette }) : png.data;
  const channels = data.length / (width * height);
  const full = depth === 16 ? 65535 : 255;

  const rgb = new Float32Array(3 * width * height);
  for (let i = 0; i < rgb.length; i++) {
    const pixel = channels * Math.floor(i / 3);
    const value = (data[pixel + (channels < 3 ? 0 : i % 3)] ?? 0) / full;
    const alpha = channels % 2 === 1 ? 1 : (data[pixel + channels - 1] ?? 0) / full;
    rgb[i] = 1 + alpha * (value - 1);
  }
  return tensor3d(rgb, [height, width, 3]);
}

function greyLevels(depth: number): number[][] {
  const last = 2 ** depth - 1;
  return Array.from({ length: last + 1 }, (_, i) => [Math.round((255 * i) / last)]);
}
