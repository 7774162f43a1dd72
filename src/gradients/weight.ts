import type { Tensor } from '@tensorflow/tfjs-core';
import type { KernelCall } from './kernelGradient';

/** A weight of a kernel, and what is made of it alone: rotated, transposed. */
export interface Weight {
  readonly shape: readonly number[];
  tensor(): Tensor;
  /** Whether a program reads it: then nothing takes the gradient of what is computed here. */
  isOfProgram(): boolean;
  /** Whether forms are kept from one call to the next, and so may cost more to make. */
  kept(): boolean;
  /** @param name Tells this form from the weight's other ones. */
  form(name: string, make: (weight: Tensor) => Tensor): Tensor;
}

/** An input of a kernel as a weight. */
export function weightOf(call: KernelCall, input: string): Weight {
  return {
    shape: call.shapes[input] as number[],
    tensor: () => call.saved(input),
    isOfProgram: () => call.forms?.has(call.saved(input)) === true,
    kept: () => call.forms !== undefined && call.forms.lasting && call.forms.has(call.saved(input)),
    form: (name, make) => {
      const weight = call.saved(input);
      return call.forms ? call.forms.of(weight, name, make) : make(weight);
    },
  };
}

/** A weight made of another, its forms named after both. */
export function derivedWeight(
  weight: Weight,
  name: string,
  shape: readonly number[],
  derive: (weight: Tensor) => Tensor,
): Weight {
  return {
    shape,
    tensor: () => derive(weight.tensor()),
    isOfProgram: () => weight.isOfProgram(),
    kept: () => weight.kept(),
    form: (inner, make) => weight.form(`${name} ${inner}`, (tensor) => make(derive(tensor))),
  };
}
