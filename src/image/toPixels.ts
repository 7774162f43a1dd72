import type { Tensor } from '@tensorflow/tfjs-core';
import { checkTensor } from '../errors/checkTensor';
import { doorAsync, ours } from '../errors/door';
import { checkOptionNames } from '../errors/optionNames';
import { checkRange } from './checkRange';
import { numbersOf } from './numbersOf';
import type { Picture } from './pictures/pixels';
import { madeIn } from './madeIn';

export interface ToPixelsOptions {
  /**
   * The values that are black and full colour, as the model's input has them: `[-1, 1]`, `[0, 255]`.
   * When left out: of what `imageInput` gave its range; else `[0, 1]`, of an int32 image `[0, 255]`, as
   * `tf.browser.fromPixels` gives it.
   */
  range?: readonly [number, number];
}

/**
 * An image tensor as a picture: what a model was given, to be put beside its maps or under them.
 *
 * @param image [1, height, width, channels] with 3 channels, or 1 for grey. Values outside `range` are cut
 *   off. It stays the caller's.
 * @throws RangeError if `image` has another shape, or `range` is not two numbers, the lower one first.
 * @throws TypeError if `image` is no tensor, `range` no list, or an option is unknown.
 * @example
 * ```ts
 * const photo = await toPixels(image); // or of [-1, 1], not by imageInput: { range: [-1, 1] }
 * const heat = await colorize(reduceChannels(guidedBackprop(model, image)));
 * writeFileSync('both.png', encodePng(sideBySide([photo, heat])));
 * ```
 */
export function toPixels(image: Tensor, options: ToPixelsOptions = {}): Promise<Picture> {
  return doorAsync('toPixels', async () => {
    checkTensor(image, 'image');
    checkOptionNames(options, ['range']);
    const { range = madeIn.get(image) ?? (image.dtype === 'int32' ? [0, 255] : [0, 1]) } = options;
    const { height, width, channels } = sizeOf(image.shape);
    checkRange(range);
    const [black, full] = range;

    const values = await numbersOf(image);
    const data = new Uint8ClampedArray(4 * width * height).fill(255);
    for (let i = 0; i < width * height; i++) {
      for (let channel = 0; channel < 3; channel++) {
        const value = values[channels === 1 ? i : 3 * i + channel] ?? 0;
        data[4 * i + channel] = (255 * (value - black)) / (full - black); // rounds and cuts off by itself
      }
    }
    return { width, height, data };
  });
}

function sizeOf(shape: readonly number[]) {
  const [batch, height = 0, width = 0, channels = 0] = shape;
  if (shape.length === 4 && batch === 1 && (channels === 1 || channels === 3)) {
    return { height, width, channels };
  }
  const expected = 'expected image to be [1, height, width, 1 or 3]';
  throw ours(new RangeError(`${expected}, got [${shape.join(', ')}]${missingAxis(shape)}`));
}

/** How to add the axis that an image lacks, where it is clear which. */
function missingAxis(shape: readonly number[]): string {
  if (shape.length === 2) return '; tf.reshape(image, [1, height, width, 1]) adds the axes that are missing';
  if (shape.length !== 3) return '';
  const last = shape[2];
  if (last === 1 || last === 3) return '; tf.expandDims(image, 0) adds the batch axis';
  return shape[0] === 1 ? '; tf.expandDims(image, -1) adds the channel axis' : '';
}
