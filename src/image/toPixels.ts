import type { Tensor } from '@tensorflow/tfjs-core';
import type { Pixels } from './pixels';

export interface ToPixelsOptions {
  /**
   * The values that are black and full colour, as the model's input has them: `[-1, 1]`, `[0, 255]`.
   *
   * @default [0, 1]
   */
  range?: readonly [number, number];
}

/**
 * An image tensor as a picture: what a model was given, to be put beside its maps or under them.
 *
 * @param image [1, height, width, channels] with 3 channels, or 1 for grey. Values outside `range` are cut
 *   off. It stays the caller's.
 * @throws RangeError if `image` has another shape, or `range` is empty.
 */
export async function toPixels(image: Tensor, options: ToPixelsOptions = {}): Promise<Pixels> {
  const { range = [0, 1] } = options;
  const [black, full] = range;
  const [batch, height = 0, width = 0, channels = 0] = image.shape;
  if (image.rank !== 4 || batch !== 1 || (channels !== 1 && channels !== 3)) {
    const shape = image.shape.join(', ');
    throw new RangeError(`toPixels: expected image to be [1, height, width, 1 or 3], got [${shape}]`);
  }
  if (!(black < full))
    throw new RangeError(`toPixels: expected range to be [low, high], got [${range.join(', ')}]`);

  const values = await image.data<'float32'>();
  const data = new Uint8ClampedArray(4 * width * height).fill(255);
  for (let i = 0; i < width * height; i++) {
    for (let channel = 0; channel < 3; channel++) {
      const value = values[channels === 1 ? i : 3 * i + channel] ?? 0;
      data[4 * i + channel] = (255 * (value - black)) / (full - black); // rounds and cuts off by itself
    }
  }
  return { width, height, data };
}
