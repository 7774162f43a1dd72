import { keep, mul, reshape, sub, sum } from '@tensorflow/tfjs-core';
import type { Tensor } from '@tensorflow/tfjs-core';
import { tidied } from '../../tensors/tidied';

/**
 * A bias less what a shift of the input adds.
 *
 * `b′ = b − c ΣW`
 *
 * @param axes Those of the kernel over which an output sums.
 */
export function shiftedBias(
  kernel: Tensor,
  axes: readonly number[],
  bias: Tensor | undefined,
  shift: number,
): Tensor {
  return tidied(() => keep(sub(bias ?? 0, mul(reshape(sum(kernel, [...axes]), [-1]), shift))));
}
