import { maximum } from '@tensorflow/tfjs-core';
import type { Tensor } from '@tensorflow/tfjs-core';
import type { CustomGradInvocation, KernelInvocation } from './engine';

/** A kernel on a copy of what TF.js on cpu would write its result into: the tensor that is updated. */
export function sparingInput<T extends KernelInvocation | CustomGradInvocation>(invocation: T): T {
  const { kernelName, inputs } = invocation;
  if (kernelName !== 'TensorScatterUpdate') return invocation;
  const tensor = inputs['tensor'] as Tensor;
  return { ...invocation, inputs: { ...inputs, tensor: maximum(tensor, tensor) } };
}
