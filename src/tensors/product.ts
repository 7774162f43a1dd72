import { broadcastTo, matMul, slice, transpose, util } from '@tensorflow/tfjs-core';
import type { Tensor } from '@tensorflow/tfjs-core';
import { currentBackend } from '../backends/backend';
import { areLargeBatches, batchesByRows } from './loops/batchesByRows';
import { mayHoldPadding } from '../backends/texelPadding';
import type { PackedAxis } from '../backends/texelPadding';

/**
 * `matMul`, which on webgl sums over padding where the inner axis is odd: here there are zeros.
 *
 * @param isWeight Whether b is a weight of a model: no infinite number is in its padding, and zeros in that
 *   of the other operand are enough.
 */
export function cleanProduct(
  a: Tensor,
  b: Tensor,
  transposeA = false,
  transposeB = false,
  isWeight = false,
): Tensor {
  const x = withoutPadding(a, transposeA ? -2 : -1);
  const y = isWeight ? b : withoutPadding(b, transposeB ? -1 : -2);
  return matMul(x, y, transposeA, transposeB);
}

/** A tensor with zeros in its padding along an axis: see texelPadding.ts. */
export function withoutPadding<T extends Tensor>(x: T, axis: PackedAxis): T {
  if (!mayHoldPadding(x, axis)) return x;
  return slice(
    x,
    x.shape.map(() => 0),
    x.shape,
  );
}

/** The product of two matrices; `isWeight` as above. */
export function matrixProduct(
  a: Tensor,
  b: Tensor,
  transposeA = false,
  transposeB = false,
  isWeight = false,
): Tensor {
  if (areLargeBatches(a, b)) return batchesByRows(a, b, transposeA, transposeB);
  if (transposeB && breaksTransposed(b.shape)) return cleanProduct(a, transpose(b), transposeA);
  if (!currentBackend().hasPlainLoops || !(transposeA || transposeB))
    return cleanProduct(a, b, transposeA, transposeB, isWeight);

  // ten times as fast where neither operand is to be transposed: transpose what is smaller
  if (transposeA && transposeB) return transpose(matMul(b, a));
  if (transposeA) return matMul(transpose(a), b);
  const [rows] = a.shape as [number];
  const [columns] = b.shape as [number];
  return rows <= columns ? transpose(matMul(b, transpose(a))) : matMul(a, transpose(b));
}

/** Whether the backend may misread a second operand of this shape, transposed: see sharedOut.ts. */
function breaksTransposed(shape: readonly number[]): boolean {
  return (shape[shape.length - 1] ?? 0) >= currentBackend().misreadsTransposedFrom;
}

/** The product of two batches of matrices, one of which may be broadcast. */
export function batchedProduct(a: Tensor, b: Tensor, transposeA: boolean, transposeB: boolean): Tensor {
  if (areLargeBatches(a, b)) return batchesByRows(a, b, transposeA, transposeB);
  const batch = (x: Tensor) => x.shape.slice(0, -2);
  const shape = broadcastShapes(batch(a), batch(b));
  const [x, y] = [withBatch(a, shape), withBatch(b, shape)];
  if (!transposeB || !breaksTransposed(b.shape)) return cleanProduct(x, y, transposeA, transposeB);
  const axes = y.shape.map((_, axis) => axis);
  return matMul(x, transpose(y, [...axes.slice(0, -2), y.rank - 1, y.rank - 2]), transposeA);
}

/** TF.js repeats a smaller batch cyclically, which is broadcasting only along its leading axes. */
function withBatch(x: Tensor, batch: readonly number[]): Tensor {
  const own = x.shape.slice(0, -2);
  while (own[0] === 1) own.shift();
  const cyclic = util.arraysEqual(own, batch.slice(batch.length - own.length));
  return cyclic ? x : broadcastTo(x, [...batch, ...x.shape.slice(-2)] as Tensor['shape']);
}

function broadcastShapes(a: readonly number[], b: readonly number[]): number[] {
  const rank = Math.max(a.length, b.length);
  const size = (shape: readonly number[], axis: number) => shape[shape.length - rank + axis] ?? 1;
  return Array.from({ length: rank }, (_, axis) => (size(a, axis) === 1 ? size(b, axis) : size(a, axis)));
}
