import { reshape, util } from '@tensorflow/tfjs-core';
import type { Tensor, Tensor3D } from '@tensorflow/tfjs-core';
import { windowOf } from './window';

/*
 * Work on one axis of a tensor of any rank, seen as [outer, length, inner].
 */

/** A tensor as [outer, length, inner], where `length` is that of the axis. */
export function seenAlong(x: Tensor, axis: number): Tensor3D {
  const [outer, inner] = [x.shape.slice(0, axis), x.shape.slice(axis + 1)];
  return reshape(x, [util.sizeFromShape(outer), x.shape[axis]!, util.sizeFromShape(inner)]);
}

/** Applies `f`, which may change the length of the axis. */
export function alongAxis(x: Tensor, axis: number, f: (x: Tensor3D) => Tensor3D): Tensor {
  const y = f(seenAlong(x, axis));
  return reshape(
    y,
    x.shape.map((length, i) => (i === axis ? y.shape[1] : length)),
  );
}

/** `size` cells of the axis from `begin` on, which may lie outside: there it finds `value`. */
export function span(x: Tensor3D, begin: number, size: number, value = 0): Tensor3D {
  const [outer, , inner] = x.shape;
  return windowOf(x, [0, begin, 0], [outer, size, inner], value) as Tensor3D;
}

/** Puts `stride - 1` zeros behind each cell of the axis. */
export const interleaveZeros = (x: Tensor3D, stride: number): Tensor3D => regrouped(x, 1, stride);

/** Of every `from` cells of the axis makes `to`: the first of them, or zeros behind them. */
export function regrouped(x: Tensor3D, from: number, to: number): Tensor3D {
  const [outer, length, inner] = x.shape;
  const groups = (outer * length) / from;
  const cells = windowOf(reshape(x, [groups, from, inner]), [0, 0, 0], [groups, to, inner]);
  return reshape(cells, [outer, (length / from) * to, inner]);
}
