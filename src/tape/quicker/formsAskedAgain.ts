import { keep, tidy } from '@tensorflow/tfjs-core';
import type { Tensor } from '@tensorflow/tfjs-core';

/**
 * Forms of constants that are made for one call. What is asked for again is one step's of many, and is kept
 * until the call ends; the rest would only take memory, and belongs to the scope that it is made in.
 */
export class FormsAskedAgain {
  /** By the data that they are of; those asked for once only are undefined. */
  private readonly forms = new Map<object, Map<string, Tensor | undefined>>();

  of(tensor: Tensor, name: string, make: (tensor: Tensor) => Tensor): Tensor {
    const ofData = this.forms.get(tensor.dataId) ?? new Map<string, Tensor | undefined>();
    this.forms.set(tensor.dataId, ofData);
    const key = `${name} [${tensor.shape.join()}]`;
    const known = ofData.get(key);
    if (known) return known;
    const form = tidy(() => make(tensor));
    ofData.set(key, ofData.has(key) ? keep(form) : undefined);
    return form;
  }

  release(): void {
    for (const ofData of this.forms.values()) for (const form of ofData.values()) form?.dispose();
    this.forms.clear();
  }
}
