import { maximum } from '@tensorflow/tfjs-core';
import type { Tensor } from '@tensorflow/tfjs-core';
import { currentBackend } from './backend';
import type { CustomGradInvocation, KernelInvocation } from './engine';

/** A kernel on a copy of what the backend would write its result into: the tensor that is updated. */
export function sparingInput<T extends KernelInvocation | CustomGradInvocation>(invocation: T): T {
  const { kernelName, inputs } = invocation;
  if (kernelName !== 'TensorScatterUpdate' || !currentBackend().updatesInPlace) return invocation;
  const tensor = inputs['tensor'] as Tensor;
  return { ...invocation, inputs: { ...inputs, tensor: maximum(tensor, tensor) } };
}
