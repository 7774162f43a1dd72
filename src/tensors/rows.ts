import { reshape, transpose, util } from '@tensorflow/tfjs-core';
import type { Tensor, Tensor2D } from '@tensorflow/tfjs-core';

/** How kernels are told their axes: one, several, or all where none is named. */
export type Axes = number | readonly number[] | null | undefined;

/** Axes as a list without negative ones. */
export function axesOf(axes: Axes, shape: readonly number[]): number[] {
  return util.parseAxisParam(axes as number | number[], [...shape]);
}

/** The shape with the axes at size 1. */
export function keptShape(shape: readonly number[], axes: readonly number[]): number[] {
  return shape.map((size, axis) => (axes.includes(axis) ? 1 : size));
}

/** A tensor as a matrix, in which each row runs over the named axes. */
export function toRows(x: Tensor, axes: readonly number[]): Tensor2D {
  const order = orderOf(x.shape, axes);
  const count = axes.reduce((product, axis) => product * x.shape[axis]!, 1);
  return reshape(isSorted(order) ? x : transpose(x, order), [x.size / Math.max(count, 1), count]);
}

/** The way back, to the shape of the tensor that the rows were. */
export function fromRows(rows: Tensor, axes: readonly number[], shape: readonly number[]): Tensor {
  const order = orderOf(shape, axes);
  const apart = reshape(
    rows,
    order.map((axis) => shape[axis]!),
  );
  return isSorted(order)
    ? apart
    : transpose(
        apart,
        order.map((_, axis) => order.indexOf(axis)),
      );
}

/** The axes with the named ones last. */
function orderOf(shape: readonly number[], axes: readonly number[]): number[] {
  const others = shape.map((_, axis) => axis).filter((axis) => !axes.includes(axis));
  return [...others, ...[...axes].sort((a, b) => a - b)];
}

const isSorted = (order: readonly number[]): boolean => order.every((axis, i) => axis === i);
