import { concat, fill, slice } from '@tensorflow/tfjs-core';
import type { Tensor, Tensor2D, Tensor4D } from '@tensorflow/tfjs-core';
import { checkTensor } from '../errors/checkTensor';
import { door, ours } from '../errors/door';
import { tidied } from '../tensors/tidied';

/** Two photos in one, and where the first of them is. The caller disposes both tensors. */
export interface Mosaic {
  /** `[1, height, width, channels]`, as a model takes it. */
  readonly x: Tensor4D;
  /** `[height, width]`: 1 where the first photo is, 0 where the second is. */
  readonly mask: Tensor2D;
}

/**
 * A mosaic of two photos, with its mask: `pointingGame` without a data set. The left half shows the middle of
 * the first photo, the right half that of the second, both in their scale.
 *
 * Explain the class of the first, and see whether the map is in the mask; `tf.sub(1, mask)` is that of the
 * second. A map that says nothing of the class has the share in it that the mask has in the image.
 *
 * @param first `[1, height, width, channels]`, as the model takes it.
 * @param second Of the same shape, of another class.
 * @returns The mosaic in the shape of a photo, and the mask of the first. The caller disposes both.
 * @throws TypeError if one is no tensor; RangeError if one is no single image of two columns or more, or the
 *   shapes differ.
 * @example
 * ```ts
 * const { x: both, mask } = mosaic(image, tf.slice(images, [1, 0, 0, 0], [1, 32, 32, 3]));
 * const { samples } = await pointingGame(guidedBackprop, model, both, { target: 281, mask });
 * console.log(samples[0]?.mass); // a half of what a map that says nothing of the class has
 * ```
 */
export function mosaic(first: Tensor, second: Tensor): Mosaic {
  return door('mosaic', () => {
    checkTensor(first, 'first');
    checkTensor(second, 'second');
    checkImage(first);
    if (second.shape.join() !== first.shape.join()) {
      throw ours(
        new RangeError(
          `expected second to have the shape of first, [${first.shape.join(', ')}], got [${second.shape.join(', ')}]`,
        ),
      );
    }
    const [height, width] = first.shape.slice(1) as [number, number];
    const left = Math.floor(width / 2);
    const middle = (photo: Tensor, columns: number) =>
      slice(photo, [0, 0, Math.floor((width - columns) / 2), 0], [1, height, columns, -1]);
    const [x, mask] = tidied((): [Tensor, Tensor] => [
      concat([middle(first, left), middle(second, width - left)], 2),
      concat([fill([height, left], 1), fill([height, width - left], 0)], 1),
    ]);
    return { x: x as Tensor4D, mask: mask as Tensor2D };
  });
}

function checkImage({ rank, shape }: Tensor): void {
  if (rank === 4 && shape[0] === 1 && shape[2]! >= 2) return;
  throw ours(
    new RangeError(
      `expected first to be an image of shape [1, height, width, channels], got [${shape.join(', ')}]`,
    ),
  );
}
