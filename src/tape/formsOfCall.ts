import { keep, tidy } from '@tensorflow/tfjs-core';
import type { Tensor } from '@tensorflow/tfjs-core';
import type { Forms } from '../gradients/weight';
import { currentFollower } from './followKernels';

/**
 * What a call does not follow as constants: for a model that has no program yet, or never gets one.
 * Undefined where somebody follows from outside, who may follow the weights as well.
 *
 * @param isConstant Whether a tensor is none that the call follows.
 */
export function formsOfCall(isConstant: (tensor: Tensor) => boolean): Forms | undefined {
  return currentFollower() ? undefined : new FormsOfCall(isConstant);
}

class FormsOfCall implements Forms {
  readonly lasting = false;
  /** Forms by the data that they are of; those not kept yet are undefined. */
  private readonly forms = new Map<object, Map<string, Tensor | undefined>>();

  constructor(readonly has: (tensor: Tensor) => boolean) {}

  held(_: Tensor, handle: () => Tensor): Tensor {
    return handle(); // a model's own code may free what it has before the call ends
  }

  of(tensor: Tensor, name: string, make: (tensor: Tensor) => Tensor): Tensor {
    const ofData = this.forms.get(tensor.dataId) ?? new Map<string, Tensor | undefined>();
    this.forms.set(tensor.dataId, ofData);
    const key = `${name} [${tensor.shape.join()}]`;
    const known = ofData.get(key);
    if (known) return known;
    const form = tidy(() => make(tensor));
    // what is asked for again is a step's of many; the rest would only take memory
    ofData.set(key, ofData.has(key) ? keep(form) : undefined);
    return form;
  }

  release(): void {
    for (const ofData of this.forms.values()) for (const form of ofData.values()) form?.dispose();
    this.forms.clear();
  }
}
