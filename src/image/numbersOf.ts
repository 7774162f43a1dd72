import type { Tensor } from '@tensorflow/tfjs-core';
import { checkContext } from '../errors/checkContext';

/** The numbers of a tensor, read back. */
export async function numbersOf(tensor: Tensor): Promise<Float32Array> {
  checkContext();
  return await tensor.data<'float32'>();
}
