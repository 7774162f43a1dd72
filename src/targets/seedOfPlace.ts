import { buffer, cast, greater, mul, reshape, sum, tile, where, zerosLike } from '@tensorflow/tfjs-core';
import type { Tensor } from '@tensorflow/tfjs-core';
import type { Recording } from '../tape/recording/recording';
import type { Place } from '../model/network';
import type { TargetSeed } from './targetSeed';
import { checkReal } from './checkReal';
import { scored } from './scored';
import type { PlaceTarget, Score } from './target';
import { ours } from '../errors/door';

/**
 * On a place, inside of the library: what each number of it counts, told the shape of the output, as a tensor
 * that is broadcast to it; left out, 1.
 */
export const WEIGHTS: unique symbol = Symbol('weights');

/** A place with its weights. */
export type WeighedPlace = PlaceTarget & { [WEIGHTS]?: (shape: readonly number[]) => Tensor };

/**
 * The output of a layer or node, one of its channels, or one unit; summed per sample.
 *
 * @param score Given only where the user says so: a place is taken as it is.
 */
export function seedOfPlace(
  recording: Recording,
  y: Tensor,
  place: Place,
  { channel, unit, region, [WEIGHTS]: weights }: WeighedPlace,
  score: Score | undefined,
): TargetSeed {
  checkReal(y, `the output of "${place.name}"`);
  if (y.rank < 1) throw ours(new RangeError(`expected "${place.name}" to have a batch axis, got a scalar`));
  if (channel !== undefined && unit !== undefined) {
    throw ours(new TypeError(`expected target to have a channel or a unit, got both`));
  }
  if (region !== undefined && unit !== undefined) {
    throw ours(new TypeError(`expected target to have a region or a unit, got both`));
  }
  const index =
    unit !== undefined
      ? unitIndex(y, place, unit)
      : channel !== undefined
        ? channelIndex(y, place, channel)
        : y.shape.slice(1).map(() => null);
  const { from, tensor } = score ? scored(recording, y, score) : { from: recording.valueOf(y), tensor: y };
  const whole = maskAt(y.shape, index);
  const part = region ? mul(whole, maskOfRegion(y, place, region)) : whole;
  const mask = reshape(part, [y.shape[0], -1]);
  const scores = reshape(cast(tensor, 'float32'), mask.shape);
  // selected rather than multiplied: another unit may be infinite
  const value = sum(where(greater(mask, 0), scores, zerosLike(scores)), 1);
  const dy = reshape(mask, tensor.shape);
  return { from, dy: weights ? mul(dy, weights(tensor.shape)) : dy, value, chosen: null };
}

/** Where a place is, axis by axis after the batch; null for all along the axis. */
type Index = readonly (number | null)[];

function channelIndex(y: Tensor, { name, channelAxis }: Place, channel: number): Index {
  const axis = channelAxis === 'first' ? 1 : y.rank - 1;
  const channels = y.shape[axis] as number;
  if (y.rank < 2 || !Number.isInteger(channel) || channel < 0 || channel >= channels) {
    throw ours(
      new RangeError(`expected channel to be from 0 to ${channels - 1} for "${name}", got ${channel}`),
    );
  }
  return y.shape.slice(1).map((_, i) => (i + 1 === axis ? channel : null));
}

function unitIndex(y: Tensor, { name, channelAxis }: Place, unit: readonly number[]): Index {
  const sizes = y.shape.slice(1);
  // [row, column, channel] whatever the order in memory
  const index =
    channelAxis === 'first' && unit.length > 1
      ? [unit[unit.length - 1] as number, ...unit.slice(0, -1)]
      : [...unit];
  const fits =
    index.length === sizes.length &&
    index.every((at, i) => Number.isInteger(at) && at >= 0 && at < (sizes[i] as number));
  if (!fits) {
    const shown = channelAxis === 'first' && sizes.length > 1 ? [...sizes.slice(1), sizes[0]] : sizes;
    throw ours(
      new RangeError(
        `expected unit to be an index into [${shown.join(', ')}] for "${name}", got [${unit.join(', ')}]`,
      ),
    );
  }
  return index;
}

/** Ones at the index, in every sample; zeros elsewhere. */
function maskAt(shape: number[], index: Index): Tensor {
  const [batch = 1, ...sizes] = shape;
  const one = buffer([1, ...index.map((at, i) => (at === null ? 1 : (sizes[i] as number)))], 'float32');
  one.set(1, 0, ...index.map((at) => at ?? 0));
  return tile(one.toTensor(), [batch, ...index.map((at, i) => (at === null ? (sizes[i] as number) : 1))]);
}

/** Ones in a part of the rows and columns, for any sample and channel. */
function maskOfRegion(y: Tensor, { name, channelAxis }: Place, region: readonly number[]): Tensor {
  const rows = channelAxis === 'first' ? 2 : 1;
  const [height = 0, width = 0] = y.shape.slice(rows, rows + 2);
  const [top = -1, left = -1, bottom = -1, right = -1] = region;
  const isInside =
    region.length === 4 &&
    region.every(Number.isInteger) &&
    0 <= top &&
    top < bottom &&
    bottom <= height &&
    0 <= left &&
    left < right &&
    right <= width;
  if (y.rank !== 4 || !isInside) {
    const has =
      y.rank === 4 ? `the ${height} rows and ${width} columns of` : 'an output with rows and columns,';
    throw ours(
      new RangeError(
        `expected region to be [top, left, bottom, right] within ${has} "${name}", got [${region.join(', ')}]` +
          (y.rank === 4 ? '' : ` for shape [${y.shape.join(', ')}]`),
      ),
    );
  }
  const inside = buffer([1, height, width], 'float32');
  for (let i = top; i < bottom; i++) for (let j = left; j < right; j++) inside.set(1, 0, i, j);
  const shape = channelAxis === 'first' ? [1, 1, height, width] : [1, height, width, 1];
  return reshape(inside.toTensor(), shape);
}
