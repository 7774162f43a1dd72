import { matMul, transpose, util } from '@tensorflow/tfjs-core';
import type { Tensor } from '@tensorflow/tfjs-core';
import { currentBackend } from '../../backends/backend';
import { matrixProduct } from '../../tensors/product';
import type { Weight } from '../weight';
import { timesRows } from './productByRows';

/** `x · weightᵀ`, of two matrices. */
export function timesTransposed(x: Tensor, weight: Weight): Tensor {
  const product = timesRows(x, weight);
  if (product) return product;
  return weight.kept() && isWorthKeeping(weight)
    ? matMul(
        x,
        weight.form('transposed', (matrix) => transpose(matrix)),
      )
    : matrixProduct(x, weight.tensor(), false, true, weight.isOfProgram());
}

/**
 * Whether to hold a matrix transposed as well: one of a VGG's, 411 MB, would save a fortieth of the time.
 */
function isWorthKeeping({ shape }: Weight): boolean {
  return !currentBackend().readsTransposed && util.sizeFromShape([...shape]) <= 1 << 22;
}
