import type { Tensor } from '@tensorflow/tfjs-core';
import type { Forms } from '../../gradients/weight';
import { currentFollower } from '../followKernels';
import { FormsAskedAgain } from './formsAskedAgain';

/**
 * What a call does not follow as constants: for a model that has no program yet, or never gets one.
 * Undefined where somebody follows from outside, who may follow the weights as well.
 *
 * @param isConstant Whether a tensor is none that the call follows.
 */
export function formsOfCall(isConstant: (tensor: Tensor) => boolean): Forms | undefined {
  return currentFollower() ? undefined : new FormsOfCall(isConstant);
}

class FormsOfCall extends FormsAskedAgain implements Forms {
  readonly lasting = false;

  constructor(readonly has: (tensor: Tensor) => boolean) {
    super();
  }

  held(_: Tensor, handle: () => Tensor): Tensor {
    return handle(); // a model's own code may free what it has before the call ends
  }
}
