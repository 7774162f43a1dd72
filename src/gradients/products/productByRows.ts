import { zeros } from '@tensorflow/tfjs-core';
import type { Tensor } from '@tensorflow/tfjs-core';
import { runOnOwnArrays } from '../../backends/arrayKernel';
import type { ArrayKernel } from '../../backends/arrayKernel';
import { isLargeMatrix } from '../../tensors/loops/isLargeMatrix';
import { multiplyRows } from '../../tensors/loops/multiplyRows';
import { activate, NOT_ACTIVATED, type Activated } from '../../tensors/loops/activate';
import type { Weight } from '../weight';

/**
 * `x · weightᵀ` of two matrices on cpu; undefined on other backends. Only where a program runs: nothing takes
 * the gradient of this one there, for which the kernel has none.
 */
export function timesRows(x: Tensor, weight: Weight): Tensor | undefined {
  const [width, depth] = weight.shape as [number, number];
  if (!isLargeMatrix(width * depth) || !weight.isOfProgram()) return undefined;
  const inputs = { a: x, rows: weight.tensor(), bias: zeros([width]) };
  return runOnOwnArrays(PRODUCT, inputs, { activated: NOT_ACTIVATED });
}

/** A product of matrices on cpu: [..., depth], [width, depth], [width] → [..., width]. */
export const PRODUCT: ArrayKernel<'a' | 'rows' | 'bias', { readonly activated: Activated }> = {
  name: 'GuidedSaliencyProduct',
  shapeOf: ({ a, rows }) => [...a.shape.slice(0, -1), rows.shape[0]!],
  compute: ({ a, rows, bias }, { activated }, y) => {
    const [count, depth] = rows.shape as [number, number];
    const each = { values: rows.values, from: 0, count };
    multiplyRows({ values: a.values, from: 0, count: a.values.length / depth }, each, depth, y, 0);
    activate(y, bias.values, activated);
  },
};
