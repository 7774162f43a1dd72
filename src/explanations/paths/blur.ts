import {
  add,
  concat,
  matMul,
  reshape,
  slice,
  tensor2d,
  tidy,
  transpose,
  zerosLike,
} from '@tensorflow/tfjs-core';
import type { Rank, Tensor } from '@tensorflow/tfjs-core';
import { ours } from '../../errors/door';
import type { ChannelAxis } from '../../model/network';

/** What is beyond the border of what is blurred: its mirror image, or zeros. */
export type Border = 'reflect' | 'zero';

/** After how many standard deviations the Gaussian is cut off. */
const CUT = 4;

/** How many rows of a matrix are made at once: a long series is not blurred by the square of its length. */
const ROWS = 1024;

/** A matrix, row by row. */
type Matrix = Float64Array;

/** Some rows of a square matrix, and the columns that are not 0 in them; ends not included. */
interface Band {
  readonly rows: readonly [begin: number, end: number];
  readonly columns: readonly [begin: number, end: number];
}

const radiusOf = (sigma: number) => Math.floor(CUT * sigma + 0.5);

/** Rows `begin` to `end` of a blur; what it sees in the mirror of a border lies among their columns, too. */
function bandOf(length: number, begin: number, end: number, radius: number): Band {
  return { rows: [begin, end], columns: [Math.max(0, begin - radius), Math.min(length, end + radius)] };
}

/**
 * What a Gaussian blur along an axis of this length multiplies with; for a deviation of 0 that is nothing.
 *
 * Beyond the border are the mirror image of what is there, its outermost cell twice, or zeros.
 *
 * @param band The part of it that is asked for; all of it, if left out.
 */
export function blurMatrix(
  length: number,
  sigma: number,
  border: Border,
  { rows, columns }: Band = bandOf(length, 0, length, 0),
): Matrix {
  const [begin, end] = columns;
  const width = end - begin;
  const matrix = new Float64Array((rows[1] - rows[0]) * width);
  const radius = radiusOf(sigma);
  const weights = Array.from({ length: 2 * radius + 1 }, (_, i) =>
    sigma === 0 ? 1 : Math.exp((-0.5 * (i - radius) ** 2) / sigma ** 2),
  );
  const total = weights.reduce((a, b) => a + b, 0);
  for (let to = rows[0]; to < rows[1]; to++) {
    weights.forEach((weight, i) => {
      const from = border === 'zero' ? to + i - radius : mirrored(to + i - radius, length);
      if (from >= 0 && from < length) matrix[(to - rows[0]) * width + from - begin]! += weight / total;
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
    (y, axis) => along(y, axis, sigma, (band) => blurMatrix(x.shape[axis]!, sigma, border, band)),
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
      const before = (band: Band) => blurMatrix(length, sigma, border, band);
      const after = (band: Band) => blurMatrix(length, sigma + step, border, band);
      if (k > i) return along(y, axis, sigma + step, after);
      if (k < i) return along(y, axis, sigma, before);
      return along(y, slanted, sigma + step, (band) => {
        const later = after(band);
        return before(band).map((value, at) => (later[at]! - value) / step);
      });
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

/**
 * A tensor multiplied with a matrix along one of its axes.
 *
 * @param sigma The largest deviation in the matrix, which says how far from its diagonal it is 0.
 */
function along(x: Tensor, axis: number, sigma: number, matrixOf: (band: Band) => Matrix): Tensor {
  const length = x.shape[axis]!;
  const outer = x.shape.slice(0, axis).reduce((a, b) => a * b, 1);
  const columns = reshape<Rank.R3>(x, [outer, length, -1]);
  // all columns side by side, as one product is quicker than many
  const first = transpose(columns, [1, 0, 2]);
  const flat = reshape<Rank.R2>(first, [length, -1]);
  const products = Array.from({ length: Math.ceil(length / ROWS) }, (_, i) =>
    tidy(() => {
      const band = bandOf(length, i * ROWS, Math.min((i + 1) * ROWS, length), radiusOf(sigma));
      const [begin, end] = band.columns;
      const factor = tensor2d(Float32Array.from(matrixOf(band)), [band.rows[1] - band.rows[0], end - begin]);
      return matMul(factor, slice(flat, [begin, 0], [end - begin, -1]));
    }),
  );
  return reshape(transpose(reshape(concat(products), first.shape), [1, 0, 2]), x.shape);
}
