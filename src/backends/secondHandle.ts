import { clone, reshape } from '@tensorflow/tfjs-core';
import type { Tensor } from '@tensorflow/tfjs-core';
import { currentBackend } from './backend';

/**
 * A second handle on the data of a tensor. A clone is a copy on wasm, and a reshape, which shares the data on
 * every backend, is an op of its own in TensorFlow.
 */
export function secondHandle(tensor: Tensor): Tensor {
  return currentBackend().numbers === 'tensors' ? clone(tensor) : reshape(tensor, tensor.shape);
}
