import { clone, reshape, util } from '@tensorflow/tfjs-core';
import type { BatchMatMulAttrs, BatchMatMulInputs, Tensor } from '@tensorflow/tfjs-core';
import { kernelGradient } from '../kernelGradient';
import type { KernelCall, KernelGradient, NameOf } from '../kernelGradient';
import { batchedProduct, matrixProduct } from '../../tensors/product';
import { BATCHES } from '../../tensors/loops/batchesByRows';
import { timesTransposed } from './timesTransposed';
import { undoBroadcast } from '../../tensors/undoBroadcast';
import { derivedWeight } from '../weight';

/*
 * Matrix products, each operand transposed or not:
 *
 *   y = a b     da = dy bᵀ      db = aᵀ dy
 *   y = a bᵀ    da = dy b       db = dyᵀ a
 *   y = aᵀ b    da = b dyᵀ      db = a dy
 *   y = aᵀ bᵀ   da = bᵀ dyᵀ     db = dyᵀ aᵀ
 *
 * and summed over the batch axes along which the operand was broadcast.
 */

export const matMulGradients: readonly KernelGradient[] = [
  kernelGradient<BatchMatMulInputs, BatchMatMulAttrs>('BatchMatMul', {
    needs: { a: ['b'], b: ['a'] },
    backward: throughMatMul,
  }),
  // for gradients of gradients
  kernelGradient<BatchMatMulInputs, BatchMatMulAttrs>(BATCHES.name, {
    needs: { a: ['b'], b: ['a'] },
    backward: throughMatMul,
  }),
];

/** A run of the kernel. */
export type Product = KernelCall<NameOf<BatchMatMulInputs>, BatchMatMulAttrs>;

/** The gradients of a matrix product. */
export function throughMatMul(dy: Tensor, call: Product): Record<'a' | 'b', () => Tensor> {
  const { a: shapeOfA, b: shapeOfB } = call.shapes;
  const { transposeA, transposeB } = call.attrs;
  const oneMatrix = util.sizeFromShape(shapeOfB.slice(0, -2)) === 1;
  if (oneMatrix && !transposeA) return throughOneMatrix(dy, call, transposeB);
  return {
    a: () => {
      const b = call.saved('b');
      const da = transposeA
        ? batchedProduct(b, dy, transposeB, true)
        : batchedProduct(dy, b, false, !transposeB);
      return undoBroadcast(da, shapeOfA);
    },
    b: () => {
      const a = call.saved('a');
      const db = transposeB
        ? batchedProduct(dy, a, true, transposeA)
        : batchedProduct(a, dy, !transposeA, false);
      return undoBroadcast(db, shapeOfB);
    },
  };
}

/** One matrix b for the whole batch, as in a dense layer: the rows of all samples make one matrix, too. */
function throughOneMatrix(dy: Tensor, call: Product, transposeB: boolean): Record<'a' | 'b', () => Tensor> {
  const { a: shapeOfA, b: shapeOfB } = call.shapes;
  const b = derivedWeight(call.weight('b'), 'matrix', shapeOfB.slice(-2), rowsOf);
  return {
    a: () => {
      const rows = rowsOf(dy);
      return reshape(
        transposeB
          ? matrixProduct(rows, b.tensor(), false, false, b.isOfProgram())
          : timesTransposed(rows, b),
        shapeOfA,
      );
    },
    b: () => {
      // wasm keeps what it packed of a second operand by its data, whatever the shape was: a copy starts anew
      const rows = clone(rowsOf(dy));
      const a = rowsOf(call.saved('a'));
      return reshape(transposeB ? matrixProduct(rows, a, true) : matrixProduct(a, rows, true), shapeOfB);
    },
  };
}

function rowsOf(x: Tensor): Tensor {
  return reshape(x, [-1, x.shape[x.shape.length - 1]!]);
}
