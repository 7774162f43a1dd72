import { fill, pad, reshape, slice } from '@tensorflow/tfjs-core';
import type { Tensor } from '@tensorflow/tfjs-core';
import { currentBackend } from '../backends/backend';
import { runOnOwnArrays, type ArrayKernel } from '../backends/arrayKernel';

/*
 * A window over a tensor of any rank, which may reach beyond it: cuts, pads, or both. Told by as few axes as
 * there can be, since GPU backends pad up to rank 4 only, and rows are copied as a whole. On cpu TF.js does
 * either number by number, and takes 50 times as long; on wasm that holds for short rows, and what is cut is
 * copied twice.
 */

/** The window's place in one axis, or in several taken together. */
interface Extent {
  readonly length: number;
  readonly begin: number;
  readonly size: number;
}

/** What `x` holds from `begin` on, as much as `size` says, on each axis; `value` where it holds nothing. */
export function windowOf(x: Tensor, begin: readonly number[], size: readonly number[], value = 0): Tensor {
  const extents = together(x.shape, begin, size);
  if (extents.every((e) => e.begin === 0 && e.size === e.length)) return x;
  const seen = reshape(
    x,
    extents.map((e) => e.length),
  );
  const inside = extents.map(({ length, begin: from, size: count }) => {
    const first = Math.min(Math.max(from, 0), length);
    return { length, begin: first, size: Math.max(Math.min(from + count, length) - first, 0) };
  });
  return reshape(
    currentBackend().slowMoves === 'all'
      ? copied(seen, extents, value)
      : padded(cut(seen, inside), extents, value),
    [...size],
  );
}

/** Takes each axis that is in the window as a whole together with the one in front of it. */
function together(shape: readonly number[], begin: readonly number[], size: readonly number[]): Extent[] {
  const extents: Extent[] = [];
  let inner: Extent = { length: 1, begin: 0, size: 1 };
  for (let axis = shape.length - 1; axis >= 0; axis--) {
    const here = { length: shape[axis]!, begin: begin[axis]!, size: size[axis]! };
    const { length } = inner;
    if (inner.begin === 0 && inner.size === length) {
      inner = { length: here.length * length, begin: here.begin * length, size: here.size * length };
    } else {
      extents.unshift(inner);
      inner = here;
    }
  }
  return [inner, ...extents];
}

function cut(x: Tensor, extents: readonly Extent[]): Tensor {
  if (extents.every((e) => e.size === e.length)) return x;
  if (currentBackend().slowMoves === 'cuts') return copied(x, extents, 0);
  return slice(
    x,
    extents.map((e) => e.begin),
    extents.map((e) => e.size),
  );
}

function padded(x: Tensor, extents: readonly Extent[], value: number): Tensor {
  const sizes = extents.map((e) => e.size);
  if (x.size === 0) return fill(sizes, value);
  const paddings = extents.map(({ begin, size }, axis): [number, number] => {
    const before = Math.max(-begin, 0);
    return [before, size - before - x.shape[axis]!];
  });
  if (!paddings.some(([before, after]) => before > 0 || after > 0)) return x;
  if (x.rank <= currentBackend().maxRank) return pad(x, paddings, value);
  return paddings.reduce((t, around, axis) => paddedAlong(t, axis, around, value), x);
}

function paddedAlong(x: Tensor, axis: number, around: [number, number], value: number): Tensor {
  const size = (axes: number[]) => axes.reduce((product, length) => product * length, 1);
  const seen = reshape(x, [size(x.shape.slice(0, axis)), x.shape[axis]!, size(x.shape.slice(axis + 1))]);
  const y = pad(seen, [[0, 0], around, [0, 0]], value);
  return reshape(
    y,
    x.shape.map((length, i) => (i === axis ? y.shape[1]! : length)),
  );
}

/** How a window is copied. */
export interface Copy {
  readonly extents: readonly Extent[];
  readonly value: number;
}

/** The copying of a window, as a kernel of our own. */
export const COPY: ArrayKernel<'x', Copy> = {
  name: 'GuidedSaliencyWindow',
  shapeOf: (_, { extents }) => extents.map((e) => e.size),
  compute: ({ x }, { extents, value }, result) => {
    if (extents.some((e) => e.begin < 0 || e.begin + e.size > e.length)) result.fill(value);
    copyAxis(x.values, result, extents, 0, 0, 0);
  },
};

/** @param from Which row of the axes outside the values are read from, and `to` which one they go to. */
function copyAxis(
  x: Float32Array,
  result: Float32Array,
  extents: readonly Extent[],
  axis: number,
  from: number,
  to: number,
): void {
  const { length, begin, size } = extents[axis]!;
  const first = Math.max(begin, 0);
  const last = Math.min(begin + size, length);
  if (axis < extents.length - 1) {
    for (let i = first; i < last; i++) {
      copyAxis(x, result, extents, axis + 1, from * length + i, to * size + i - begin);
    }
  } else if (last - first > 16) {
    result.set(x.subarray(from * length + first, from * length + last), to * size + first - begin);
  } else {
    const shift = to * size - begin - from * length;
    for (let i = from * length + first; i < from * length + last; i++) result[i + shift] = x[i]!;
  }
}

function copied(x: Tensor, extents: readonly Extent[], value: number): Tensor {
  return runOnOwnArrays(COPY, { x }, { extents, value });
}
