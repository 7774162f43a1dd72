import { pad, reshape, slice, util } from '@tensorflow/tfjs-core';
import type { Tensor, Tensor3D } from '@tensorflow/tfjs-core';

/*
 * Work on one axis of a tensor of any rank, seen as [outer, length, inner]: GPU backends pad and slice up to rank 4
 * only.
 */

/** A tensor as [outer, length, inner], where `length` is that of the axis. */
export function seenAlong(x: Tensor, axis: number): Tensor3D {
  const [outer, inner] = [x.shape.slice(0, axis), x.shape.slice(axis + 1)];
  return reshape(x, [util.sizeFromShape(outer), x.shape[axis]!, util.sizeFromShape(inner)]);
}

/** Applies `f`, which may change the length of the axis. */
export function alongAxis(x: Tensor, axis: number, f: (x: Tensor3D) => Tensor3D): Tensor {
  const y = f(seenAlong(x, axis));
  return reshape(y, x.shape.map((length, i) => (i === axis ? y.shape[1] : length)));
}

/** `size` cells of the axis from `begin` on, which may lie outside: there it finds `value`. */
export function span(x: Tensor3D, begin: number, size: number, value = 0): Tensor3D {
  const [, length] = x.shape;
  const from = Math.min(Math.max(begin, 0), length);
  const to = Math.max(Math.min(begin + size, length), from);
  const inside = to - from === length ? x : cells(x, from, to);
  const before = Math.min(Math.max(-begin, 0), size);
  const after = size - before - (to - from);
  return before === 0 && after === 0 ? inside : pad(inside, [[0, 0], [before, after], [0, 0]], value);
}

/** As a slice of rows, [outer, length · inner]: wasm copies row by row, and is slow at many short ones. */
function cells(x: Tensor3D, from: number, to: number): Tensor3D {
  const [outer, length, inner] = x.shape;
  const rows = slice(reshape(x, [outer, length * inner]), [0, from * inner], [outer, (to - from) * inner]);
  return reshape(rows, [outer, to - from, inner]);
}

/** Puts `stride - 1` zeros behind each cell of the axis. */
export function interleaveZeros(x: Tensor3D, stride: number): Tensor3D {
  if (stride === 1) return x;
  const [outer, length, inner] = x.shape;
  const spread = pad(reshape(x, [outer * length, 1, inner]), [[0, 0], [0, stride - 1], [0, 0]]);
  return reshape(spread, [outer, length * stride, inner]);
}
