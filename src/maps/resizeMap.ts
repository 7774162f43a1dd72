import {
  add,
  cast,
  gather,
  mul,
  reshape,
  tensor,
  tidy,
  util,
  zeros,
  type Tensor,
} from '@tensorflow/tfjs-core';
import { checkTensor } from '../errors/checkTensor';
import { door, ours } from '../errors/door';
import { kindOf, shown } from '../errors/kindOf';
import { checkOptionNames } from '../errors/optionNames';
import { quoted } from '../errors/quoted';
import { tapsOf } from './taps';
import type { Grids, ResizeMethod } from './taps';

/** Options of `resizeMap`. */
export interface ResizeMapOptions {
  /**
   * What a cell between others is made of: of the two beside it along each axis, of the nearest alone, or of
   * four by Keys' cubic, which makes values below the lowest and above the highest.
   *
   * @default 'bilinear'
   */
  method?: ResizeMethod;
  /**
   * Take cells as squares, and lay the outer edges of both grids on each other, as `tf.image.resize` of
   * TensorFlow 2, OpenCV and PyTorch do. Left out: so, unless `alignCorners`.
   */
  halfPixelCenters?: boolean;
  /**
   * Take cells as points, and lay those in the corners of both grids on each other, as `scipy.ndimage.zoom`
   * does. Excludes `halfPixelCenters`.
   *
   * @default false
   */
  alignCorners?: boolean;
}

const METHODS: readonly ResizeMethod[] = ['bilinear', 'nearest', 'bicubic'];

/**
 * A map in another resolution, e.g. a Grad-CAM in that of the image.
 *
 * `m′[i] = Σ_k w_k m[i_k]` along each axis; neither smoothed where it shrinks, nor normalised.
 *
 * Peers: pytorch-grad-cam has `{ method: 'bilinear' }`, tf-keras-vis
 * `{ method: 'bilinear', alignCorners: true }`, Xplique `{ method: 'bicubic' }`, Captum's nearest
 * `{ method: 'nearest', halfPixelCenters: false }`.
 *
 * @param map `[batch, height, width]`, or with channels, `[batch, height, width, channels]`. Of other numbers
 *   of axes in the same way: `[batch, length]` for the size `[n]`, `[batch, depth, height, width]` for
 *   `[d, h, w]`.
 * @param size `[height, width]` that the map is to have.
 * @returns `[batch, ...size]`, with the channels if it had some; float32, in the units of the map. The caller
 *   disposes it; `map` stays the caller's.
 * @throws TypeError if `map` is no tensor, or an option is unknown or of the wrong kind.
 * @throws RangeError if `size` holds anything but whole numbers above 0, does not fit the axes of `map`, or
 *   `method` is none of the three.
 * @see Keys 1981 (bicubic) — https://doi.org/10.1109/TASSP.1981.1163711
 * @example
 * ```ts
 * const cam = gradCam(model, image, { target: 281 }); // in the resolution of the layer
 * resizeMap(cam, image.shape.slice(1, 3));
 * ```
 */
export function resizeMap(map: Tensor, size: readonly number[], options: ResizeMapOptions = {}): Tensor {
  return door('resizeMap', () => {
    checkTensor(map, 'map');
    checkSize(map, size);
    return resized(map, size, resizing(options));
  });
}

/** How a map is resized, all of it, from what the caller says. */
export function resizing(options: ResizeMapOptions): Required<ResizeMapOptions> {
  checkOptionNames(options, ['method', 'halfPixelCenters', 'alignCorners']);
  const { method = 'bilinear', alignCorners = false, halfPixelCenters = !alignCorners } = options;
  if (!METHODS.includes(method)) {
    const got = typeof method === 'string' ? `"${method}"` : kindOf(method);
    throw ours(new RangeError(`expected method to be one of ${quoted(METHODS)}, got ${got}`));
  }
  for (const [name, value] of Object.entries({ halfPixelCenters, alignCorners })) {
    if (typeof value === 'boolean') continue;
    throw ours(new TypeError(`expected ${name} to be true or false, got ${kindOf(value)}`));
  }
  if (halfPixelCenters && alignCorners) {
    throw ours(new RangeError('expected halfPixelCenters or alignCorners, got both; leave one out'));
  }
  return { method, halfPixelCenters, alignCorners };
}

/** A map whose axes after the batch have other lengths. */
export function resized(
  map: Tensor,
  size: readonly number[],
  { method, ...grids }: Required<ResizeMapOptions>,
): Tensor {
  const shape = [map.shape[0], ...size, ...map.shape.slice(size.length + 1)];
  if (map.size === 0) return zeros(shape);
  return tidy(() => {
    const floats = cast(map, 'float32');
    return size.reduce((x, length, i) => alongAxis(x, i + 1, length, method, grids), floats);
  });
}

function alongAxis(x: Tensor, axis: number, output: number, method: ResizeMethod, grids: Grids): Tensor {
  const input = x.shape[axis] as number;
  if (input === output) return x;
  const [before, after] = [x.shape.slice(0, axis), x.shape.slice(axis + 1)];
  const lines = reshape(x, [util.sizeFromShape(before), input, util.sizeFromShape(after)]);
  const taken = tapsOf(method, input, output, grids).map(({ cells, weights }, _, all) => {
    const read = gather(lines, tensor(cells, [output], 'int32'), 1);
    return all.length === 1 ? read : mul(read, tensor(weights, [1, output, 1]));
  });
  return reshape(
    taken.reduce((sum, part) => add(sum, part)),
    [...before, output, ...after],
  );
}

function checkSize(map: Tensor, size: unknown): void {
  const isSize =
    Array.isArray(size) &&
    size.length > 0 &&
    size.every((length: unknown) => Number.isInteger(length) && (length as number) > 0);
  if (!isSize) {
    const got = Array.isArray(size) ? `[${size.map(shown).join(', ')}]` : kindOf(size);
    throw ours(
      new RangeError(
        `expected size to be whole numbers above 0, [height, width] for a map of an image, got ${got}`,
      ),
    );
  }
  const extra = map.rank - 1 - size.length;
  const space = map.shape.slice(1, size.length + 1);
  if ((extra === 0 || extra === 1) && !space.includes(0)) return;
  const axes = size.length === 2 ? 'height, width' : size.map((_, i) => `size ${i + 1}`).join(', ');
  throw ours(
    new RangeError(
      `expected map to be [batch, ${axes}] or [batch, ${axes}, channels] for the size [${size.join(', ')}], ` +
        `got [${map.shape.join(', ')}]`,
    ),
  );
}
