import {
  abs,
  add,
  all,
  cast,
  greater,
  isFinite,
  less,
  lessEqual,
  linspace,
  max,
  min,
  mul,
  reshape,
  scalar,
  stack,
  sub,
  sum,
  where,
} from '@tensorflow/tfjs-core';
import type { Tensor } from '@tensorflow/tfjs-core';
import { nearestRank } from '../../maps/nearestRank';
import type { Shades } from '../shading';

/** Into how many parts a range is cut in each round, and in how many rounds. */
const [PARTS, ROUNDS] = [16, 12];

/**
 * The magnitude shown in full colour, as `colorize` has it, and whether all numbers of a map are finite:
 * `[limit, 1 or 0]`, found where the map is, without a number being read. Call it inside `tidy`.
 */
export function limitOf(map: Tensor, { limit, percentile }: Shades): Tensor {
  const isAllFinite = cast(all(isFinite(map)), 'float32');
  return stack([limit === undefined ? magnitudeAt(percentile, map) : scalar(limit), isAllFinite]);
}

/**
 * Percentile by nearest rank: of a range that holds it, cut in parts, one part holds it, and so on; at last
 * it is the least magnitude above the lower end. Where it is 0, the largest magnitude, and 1 where all are 0.
 */
function magnitudeAt(percentile: number, map: Tensor): Tensor {
  const magnitudes = reshape(abs(map), [-1, 1]);
  const rank = nearestRank(percentile, map.size);
  /** Of each of some bounds, whether fewer magnitudes are within it than make up the percentile. */
  const isBelow = (bounds: Tensor) => less(sum(cast(lessEqual(magnitudes, bounds), 'int32'), 0), rank);

  const largest = max(magnitudes);
  const parts = linspace(0, 1, PARTS + 1);
  let low: Tensor = scalar(0);
  let high: Tensor = largest;
  for (let i = 0; i < ROUNDS; i++) {
    const bounds = add(low, mul(parts, sub(high, low)));
    const below = isBelow(bounds);
    [low, high] = [max(where(below, bounds, low)), min(where(below, high, bounds))];
  }
  const found = min(where(greater(magnitudes, low), magnitudes, largest));
  const shown = where(reshape(isBelow(scalar(0)), []), found, largest);
  return where(greater(largest, 0), shown, scalar(1));
}
