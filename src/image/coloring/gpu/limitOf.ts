import { abs, all, cast, greater, isFinite, max, reshape, scalar, stack, where } from '@tensorflow/tfjs-core';
import type { Tensor } from '@tensorflow/tfjs-core';
import { percentile as percentileOf } from '../../../maps/percentile';
import type { Shades } from '../shading';

/**
 * The magnitude shown in full colour, as `colorize` has it, and whether all numbers of a map are finite:
 * `[limit, 1 or 0]`, found where the map is, without a number being read. Call it inside `tidy`.
 */
export function limitOf(map: Tensor, { limit, percentile }: Shades): Tensor {
  const isAllFinite = cast(all(isFinite(map)), 'float32');
  return stack([limit === undefined ? magnitudeAt(percentile, map) : scalar(limit), isAllFinite]);
}

/** By nearest rank; where that is 0, the largest magnitude, and 1 where all are 0. */
function magnitudeAt(percentile: number, map: Tensor): Tensor {
  const magnitudes = reshape(abs(map), [1, -1]);
  const ranked = reshape(percentileOf(magnitudes, percentile), []);
  const largest = max(magnitudes);
  const shown = where(greater(ranked, 0), ranked, largest);
  return where(greater(shown, 0), shown, scalar(1));
}
