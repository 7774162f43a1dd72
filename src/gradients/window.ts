import { pad, reshape, slice, zeros } from '@tensorflow/tfjs-core';
import type { Tensor } from '@tensorflow/tfjs-core';
import { alongAxis, span } from './alongAxis';

/*
 * A window into a tensor of any rank: cut out, or put back among zeros. Told by as few axes as there can be: GPU
 * backends pad up to rank 4 only, and wasm copies row by row.
 */

/** The window's place in one axis, or in several taken together. */
interface Extent {
  readonly length: number;
  readonly begin: number;
  readonly size: number;
}

/** What is in the window. */
export function cut(x: Tensor, begin: readonly number[], size: readonly number[]): Tensor {
  const extents = together(x.shape, begin, size);
  const seen = reshape(x, extents.map((e) => e.length));
  return reshape(slice(seen, extents.map((e) => e.begin), extents.map((e) => e.size)), [...size]);
}

/** The window in a tensor of `shape`, zeros around it. */
export function embed(x: Tensor, begin: readonly number[], shape: readonly number[]): Tensor {
  if (x.size === 0) return zeros([...shape]);
  const extents = together(shape, begin, x.shape);
  const seen = reshape(x, extents.map((e) => e.size));
  const around =
    extents.length <= 4
      ? pad(seen, extents.map((e): [number, number] => [e.begin, e.length - e.begin - e.size]))
      : extents.reduce<Tensor>((t, e, axis) => alongAxis(t, axis, (along) => span(along, -e.begin, e.length)), seen);
  return reshape(around, [...shape]);
}

/** Takes each axis that is in the window as a whole together with the one in front of it. */
function together(shape: readonly number[], begin: readonly number[], size: readonly number[]): Extent[] {
  const extents: Extent[] = [];
  let inner: Extent = { length: 1, begin: 0, size: 1 };
  for (let axis = shape.length - 1; axis >= 0; axis--) {
    const here = { length: shape[axis]!, begin: begin[axis]!, size: size[axis]! };
    if (inner.size === inner.length) {
      const { length } = inner;
      inner = { length: here.length * length, begin: here.begin * length, size: here.size * length };
    } else {
      extents.unshift(inner);
      inner = here;
    }
  }
  return [inner, ...extents];
}
