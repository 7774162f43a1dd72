import { add, matMul, reshape, tensor2d, transpose, zerosLike } from '@tensorflow/tfjs-core';
import type { Rank, Tensor } from '@tensorflow/tfjs-core';
import { ours } from '../../errors/door';
import type { ChannelAxis } from '../../model/network';

/** What is beyond the border of what is blurred: its mirror image, or zeros. */
export type Border = 'reflect' | 'zero';

/** After how many standard deviations the Gaussian is cut off. */
const CUT = 4;

/** A square matrix, row by row. */
type Matrix = Float64Array;

/**
 * What a Gaussian blur along an axis of this length multiplies with; for a deviation of 0 that is nothing.
 *
 * Beyond the border are the mirror image of what is there, its outermost cell twice, or zeros.
 */
export function blurMatrix(length: number, sigma: number, border: Border): Matrix {
  const matrix = new Float64Array(length * length);
  const radius = Math.floor(CUT * sigma + 0.5);
  const weights = Array.from({ length: 2 * radius + 1 }, (_, i) =>
    sigma === 0 ? 1 : Math.exp((-0.5 * (i - radius) ** 2) / sigma ** 2),
  );
  const total = weights.reduce((a, b) => a + b, 0);
  for (let to = 0; to < length; to++) {
    weights.forEach((weight, i) => {
      const from = border === 'zero' ? to + i - radius : mirrored(to + i - radius, length);
      if (from >= 0 && from < length) matrix[to * length + from]! += weight / total;
    });
  }
  return matrix;
}

/** Where a place beyond the border is seen in a mirror at it, and that again at the other border. */
function mirrored(place: number, length: number): number {
  const round = ((place % (2 * length)) + 2 * length) % (2 * length);
  return round < length ? round : 2 * length - 1 - round;
}

/** Blurs a tensor along its axes of space, all but those of the batch and the channels. */
export function blurred(x: Tensor, sigma: number, border: Border, channelAxis: ChannelAxis = 'last'): Tensor {
  return spaceOf(x, channelAxis).reduce(
    (y, axis) => along(y, axis, blurMatrix(x.shape[axis]!, sigma, border)),
    x,
  );
}

/**
 * How much a blur changes from one deviation to a larger one, for each unit of it.
 *
 * The matrices are subtracted, and in double precision: a difference of two blurred inputs, divided by a
 * small number, would be mostly rounding.
 */
export function blurSlope(
  x: Tensor,
  sigma: number,
  step: number,
  border: Border,
  channelAxis: ChannelAxis = 'last',
): Tensor {
  const space = spaceOf(x, channelAxis);
  const parts = space.map((slanted, i) =>
    space.reduce((y, axis, k) => {
      const length = x.shape[axis]!;
      const after = blurMatrix(length, sigma + step, border);
      if (k > i) return along(y, axis, after);
      const before = blurMatrix(length, sigma, border);
      if (k < i) return along(y, axis, before);
      return along(
        y,
        slanted,
        before.map((value, at) => (after[at]! - value) / step),
      );
    }, x),
  );
  return parts.length === 0 ? zerosLike(x) : parts.reduce((a, b) => add(a, b));
}

/** Refuses an input that has nothing to be blurred along. */
export function checkSpace(tensors: readonly Tensor[]): void {
  if (tensors.some((x) => spaceOf(x).length > 0)) return;
  const shapes = tensors.map(({ shape }) => `[${shape.join(', ')}]`).join(', ');
  throw ours(
    new RangeError(
      `expected x to have axes between the batch and the channels to blur along, got ${shapes}; ` +
        'use integratedGradients instead',
    ),
  );
}

function spaceOf({ rank }: Tensor, channelAxis: ChannelAxis = 'last'): number[] {
  const first = channelAxis === 'first' ? 2 : 1;
  return Array.from({ length: Math.max(0, rank - 2) }, (_, i) => i + first);
}

/** A tensor multiplied with a matrix along one of its axes. */
function along(x: Tensor, axis: number, matrix: Matrix): Tensor {
  const length = x.shape[axis]!;
  const outer = x.shape.slice(0, axis).reduce((a, b) => a * b, 1);
  const columns = reshape<Rank.R3>(x, [outer, length, -1]);
  // all columns side by side, as one product is quicker than many
  const first = transpose(columns, [1, 0, 2]);
  const factor = tensor2d(Float32Array.from(matrix), [length, length]);
  const product = matMul(factor, reshape<Rank.R2>(first, [length, -1]));
  return reshape(transpose(reshape(product, first.shape), [1, 0, 2]), x.shape);
}
