import { broadcastTo, fill as filled, mean } from '@tensorflow/tfjs-core';
import type { Tensor } from '@tensorflow/tfjs-core';
import { checkNumbers, isTensor } from '../../errors/checkTensor';
import { ours } from '../../errors/door';
import { shown } from '../../errors/kindOf';
import { wrongKind } from '../../errors/wrongKind';
import { blurred } from '../../explanations/paths/blur';

/**
 * What stands where cells are taken away: the mean of each sample, the sample blurred by a tenth of its
 * longer side, a number, or a tensor in the shape of `x` or of one sample. `'noisyLinear'`, of images: each
 * cell as the mean of its neighbours (straight ones 1/6, diagonal ones 1/12), solved for all at once, with
 * normal noise of .01 of the sample's range (Rong et al. 2022); the mean of each channel where all are taken.
 */
export type Fill = 'mean' | 'blur' | 'noisyLinear' | number | Tensor;

/** Refuses what nothing can be filled with. */
export function checkFill(fill: unknown, x: Tensor): void {
  if (fill === 'blur' && x.rank < 3) {
    throw ours(
      new RangeError(
        `expected x to have axes between the batch and the channels to blur along, got [${x.shape.join(', ')}]; ` +
          'fill with "mean" instead',
      ),
    );
  }
  if (fill === 'noisyLinear') {
    checkImages(x, 'fill with "mean" instead');
    return;
  }
  if (fill === 'blur' || fill === 'mean' || (typeof fill === 'number' && Number.isFinite(fill))) return;
  if (!isTensor(fill)) {
    throw wrongKind(
      'fill to be "mean", "blur", "noisyLinear", a number or a tensor',
      fill,
      undefined,
      shown(fill),
    );
  }
  checkNumbers(fill, 'fill');
  const shapes = [x.shape, [1, ...x.shape.slice(1)], x.shape.slice(1)].map((shape) => shape.join());
  if (shapes.includes(fill.shape.join())) return;
  throw ours(
    new RangeError(
      `expected fill to have the shape of x, [${x.shape.join(', ')}], or of one sample, ` +
        `[${x.shape.slice(1).join(', ')}], got [${fill.shape.join(', ')}]`,
    ),
  );
}

/** Refuses what has no neighbours to fill a cell in from. */
export function checkImages({ rank, shape }: Tensor, instead: string): void {
  if (rank === 4) return;
  throw ours(
    new RangeError(
      `expected x to be images [batch, height, width, channels], got [${shape.join(', ')}]; ${instead}`,
    ),
  );
}

/** What an input is filled with, in its shape, whatever is taken away; call it inside `tidy`. */
export function fillFor(x: Tensor, fill: Exclude<Fill, 'noisyLinear'>): Tensor {
  const { shape, rank } = x;
  if (typeof fill === 'number') return filled(shape, fill);
  if (fill === 'mean') {
    const axes = Array.from({ length: rank - 1 }, (_, i) => i + 1);
    return broadcastTo(mean(x, axes, true), shape);
  }
  if (fill !== 'blur') return broadcastTo(fill, shape);
  return blurred(x, Math.max(...shape.slice(1, -1)) / 10, 'reflect');
}
