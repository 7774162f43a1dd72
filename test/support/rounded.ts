import type { Tensor } from '@tensorflow/tfjs-core';

/**
 * The values of a tensor to five digits, so that every backend's compare with literals; the tensor is
 * disposed.
 */
export async function rounded(x: Tensor): Promise<number[]> {
  const values = await x.data();
  x.dispose();
  return [...values].map((value) => Number(value.toPrecision(5)) + 0); // -0 is 0
}
