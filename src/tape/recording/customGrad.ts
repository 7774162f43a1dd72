import { tidy } from '@tensorflow/tfjs-core';
import type { Tensor } from '@tensorflow/tfjs-core';
import type { CustomGradInvocation } from '../../backends/engine';
import type { KernelGradient } from '../../gradients/kernelGradient';

/**
 * Runs a `tf.customGrad`, and gives its gradient in our form, with handles of our own on what it saved.
 *
 * @param carryOut Runs it unseen.
 * @param keep A handle on a tensor's data that lasts as long as the recording.
 * @param isInside Whether another recording is around this one: it may want the gradient of the gradient.
 */
export function followCustomGrad(
  invocation: CustomGradInvocation,
  carryOut: (invocation: CustomGradInvocation) => Tensor,
  keep: (tensor: Tensor) => Tensor,
  isInside: boolean,
): { y: Tensor; gradient: KernelGradient } {
  const { y, saved } = (isInside ? inSight : unseen)(invocation, carryOut, keep);
  return { y, gradient: { kernel: 'customGrad', backward: (dy) => invocation.backwardsFunc(dy, saved) } };
}

type Followed = (
  invocation: CustomGradInvocation,
  carryOut: (invocation: CustomGradInvocation) => Tensor,
  keep: (tensor: Tensor) => Tensor,
) => { y: Tensor; saved: Tensor[] };

/** What runs inside is its own affair. */
const unseen: Followed = (invocation, carryOut, keep) => {
  let saved: Tensor[] = [];
  const y = carryOut({
    ...invocation,
    forwardFunc: (backend, save) =>
      invocation.forwardFunc(backend, (tensors) => {
        saved = tensors.map(keep);
        save(tensors);
      }),
  });
  return { y, saved };
};

/**
 * Its kernels are seen, as in TensorFlow: so the recordings know how what it saved on the way depends on its
 * inputs. Of `y` they know the gradient that it has of its own: it is handed on as one that is done.
 */
const inSight: Followed = (invocation, carryOut, keep) => {
  let given: readonly Tensor[] = [];
  let saved: Tensor[] = [];
  const y = tidy(() => {
    const made = invocation.forwardFunc(undefined, (tensors) => {
      given = [...tensors];
      saved = given.map(keep);
    });
    const done = (save: (tensors: Tensor[]) => void) => {
      save([...given]);
      return made;
    };
    return carryOut({ ...invocation, forwardFunc: (_, save) => done(save) });
  });
  return { y, saved: saved.map((handle, i) => (given[i] === y ? keep(y) : handle)) };
};
