import type { Tensor } from '@tensorflow/tfjs-core';

/** Tensors made of weights alone, by the program that a model is run as. */
export interface Forms {
  /** Whether they are kept from one call to the next, as those of a prepared model are. */
  readonly lasting: boolean;
  /** Somebody begins to work with them: until they are released, they are not freed. */
  hold?(): void;
  /** Somebody is done with them. */
  release?(): void;
  /** Whether a tensor is one of the program's constants, which outlive a call. */
  has(tensor: Tensor): boolean;
  /**
   * What a gradient reads later in place of one of them: a weight may be set while a call lasts, e.g. in a
   * target function.
   *
   * @param handle Gives a second handle on its data that lasts as long as the call.
   */
  held(tensor: Tensor, handle: () => Tensor): Tensor;
  /** A form of a tensor. Where forms last it is made once, and belongs to whoever keeps it. */
  of(tensor: Tensor, name: string, make: (tensor: Tensor) => Tensor): Tensor;
}

/** A weight of a kernel, or several, and what is made of them alone: rotated, transposed, multiplied. */
export interface Weight {
  /** Of the first. */
  readonly shape: readonly number[];
  /** The first. */
  tensor(): Tensor;
  /** Whether a program reads it: then nothing takes the gradient of what is computed here. */
  isOfProgram(): boolean;
  /** Whether forms are kept from one call to the next, and so may cost more to make. */
  kept(): boolean;
  /** @param name Tells this form from the other ones of the same weights. */
  form(name: string, make: (...weights: [Tensor, ...Tensor[]]) => Tensor): Tensor;
}

/** Tensors as a weight, each looked up when it is asked for. */
export function weightOf(
  forms: Forms | undefined,
  shape: readonly number[],
  first: () => Tensor,
  ...others: (() => Tensor)[]
): Weight {
  const isOfProgram = () => forms !== undefined && [first, ...others].every((tensor) => forms.has(tensor()));
  return {
    shape,
    tensor: first,
    isOfProgram,
    kept: () => forms?.lasting === true && isOfProgram(),
    form: (name, make) => {
      const [weight, rest] = [first(), others.map((other) => other())];
      if (!forms || !rest.every((tensor) => forms.has(tensor))) return make(weight, ...rest);
      // what is made of several is kept with the first, under the names of the others
      const key = [name, ...rest.map(({ id }) => id)].join(' × ');
      return forms.of(weight, key, (tensor) => make(tensor, ...rest));
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
