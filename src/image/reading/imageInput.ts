import { tensor4d, type Tensor4D } from '@tensorflow/tfjs-core';
import { decodedFrom } from './decodedFrom';
import { door, ours } from '../../errors/door';
import { kindOf } from '../../errors/kindOf';
import { checkOptionNames } from '../../errors/optionNames';
import { checkRange } from '../checkRange';
import { inputSize, isImageModel, type ImageModel } from './inputSize';
import type { ImageSource } from './imageSource';
import { madeIn } from '../madeIn';
import { resampled } from './resampled';
import { upright } from './upright';

export interface ImageInputOptions {
  /**
   * Rows and columns that the model takes, `[224, 224]`, or one number for both. When left out: the model's
   * own.
   */
  size?: number | readonly [height: number, width: number];
  /**
   * What black and full colour are for the model, such as `[-1, 1]` or `[0, 255]`. No model says it: look
   * where its weights come from.
   *
   * @default [0, 1]
   */
  range?: readonly [number, number];
  /**
   * `'center'`: the largest part in the middle that has the proportions of `size`; `'none'`: all of the
   * image, stretched to `size`.
   *
   * @default 'center'
   */
  crop?: 'center' | 'none';
}

/**
 * An image as the input of a model: of its size, in its range, with the batch axis.
 *
 * `x = low + (high − low) · resized(cropped(image)) / 255`
 *
 * Where there are more rows (or columns) than wanted, each new one is the mean of what it covers; where
 * there are fewer, it lies between the two nearest, pixels being squares (half-pixel centres): nothing
 * aliases. What has the right size stays as it is. What is transparent is laid on white. For a model with one
 * channel the image becomes grey: 0.299 red + 0.587 green + 0.114 blue.
 *
 * A photo is turned as the camera notes it: in an `<img>` and in what `createImageBitmap` gives by the
 * browser, in a decoded file by its `orientation`.
 *
 * @param image An `<img>`, canvas, ImageBitmap, ImageData, a video (its present frame), a VideoFrame, or a
 *   decoded file `{ width, height, data }`.
 * @param model A LayersModel or GraphModel that takes one image, [batch, height, width, 1 or 3]; or in its
 *   place `{ size, range, crop }`, for three channels.
 * @returns [1, height, width, channels], float32 in `range`, in which `toPixels` shows it. The
 *   caller disposes it.
 * @throws TypeError if `image` is no image, or `model` no model; if an option is unknown, or of the wrong
 *   kind.
 * @throws RangeError if `data` is not as long as its size says; if no size is known; if the model takes no
 *   image; if an option does not fit.
 * @throws Error if `image` has no pixels yet, or comes from a site that does not share them.
 * @example
 * ```ts
 * const photo = jpeg.decode(readFileSync('cat.jpg')); // in a page an <img>, a canvas, a video
 * imageInput(photo, model, { range: [-1, 1] });
 * ```
 */
export function imageInput(image: ImageSource, model: ImageModel, options?: ImageInputOptions): Tensor4D;
export function imageInput(image: ImageSource, options: ImageInputOptions): Tensor4D;
export function imageInput(
  image: ImageSource,
  modelOrOptions: ImageModel | ImageInputOptions,
  more?: ImageInputOptions,
): Tensor4D {
  return door('imageInput', () => {
    const isModel = isImageModel(modelOrOptions, more !== undefined);
    const [model, options] = isModel ? [modelOrOptions, more ?? {}] : [undefined, modelOrOptions];
    checkOptionNames(options, ['size', 'range', 'crop']);
    const { size, range = [0, 1], crop = 'center' } = options;
    checkRange(range);
    if (crop !== 'center' && crop !== 'none') {
      const got = typeof crop === 'string' ? `"${crop as string}"` : kindOf(crop);
      throw ours(new RangeError(`expected crop to be "center" or "none", got ${got}`));
    }
    const { height, width, channels } = inputSize(model, size);
    const values = resampled(upright(decodedFrom(image)), { height, width, channels, crop });
    const [low, high] = range;
    const x = tensor4d(
      values.map((value) => low + (high - low) * value),
      [1, height, width, channels],
    );
    madeIn.set(x, [low, high]);
    return x;
  });
}
