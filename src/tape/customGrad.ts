import type { Tensor } from '@tensorflow/tfjs-core';
import type { CustomGradInvocation } from '../backends/engine';
import type { KernelGradient } from '../gradients/kernelGradient';

/**
 * Runs a `tf.customGrad`, and gives its gradient in our form, with handles of our own on what it saved.
 *
 * @param carryOut Runs it unseen.
 * @param keep A handle on a tensor's data that lasts as long as the recording.
 * @param isInside Whether another recording is around this one.
 */
export function followCustomGrad(
  invocation: CustomGradInvocation,
  carryOut: (invocation: CustomGradInvocation) => Tensor,
  keep: (tensor: Tensor) => Tensor,
  isInside: boolean,
): { y: Tensor; gradient: KernelGradient } {
  let given: Tensor[] = [];
  let saved: Tensor[] = [];
  const y = carryOut({
    ...invocation,
    forwardFunc: (backend, save) =>
      invocation.forwardFunc(backend, (tensors) => {
        given = [...tensors];
        saved = given.map(keep);
        save(tensors);
      }),
  });
  if (isInside) {
    // a recording around this one has not seen those handles: it follows the inputs and the output
    const followed = new Set([...Object.values(invocation.inputs), y]);
    saved = saved.map((handle, i) => (followed.has(given[i] as Tensor) ? keep(given[i] as Tensor) : handle));
  }
  return { y, gradient: { kernel: 'customGrad', backward: (dy) => invocation.backwardsFunc(dy, saved) } };
}
