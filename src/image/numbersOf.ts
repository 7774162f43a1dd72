import type { Tensor } from '@tensorflow/tfjs-core';
import { checkContext } from '../errors/checkContext';
import { readFrom } from '../errors/readFrom';

/** The numbers of a tensor, read back. */
export async function numbersOf(tensor: Tensor): Promise<Float32Array> {
  checkContext();
  return await readFrom(tensor.data<'float32'>());
}
