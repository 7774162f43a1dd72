import { dispose, keep, tidy } from '@tensorflow/tfjs-core';
import type { Tensor } from '@tensorflow/tfjs-core';
import type { Forms } from '../../gradients/kernelGradient';
import type { Constant } from './program';

/**
 * The constants of a program as tensors, and the forms of them that gradients use: made once, kept until
 * disposed.
 */
export class KeptForms implements Forms {
  private readonly constants = new Map<Constant, Tensor>();
  private readonly lasting = new Map<number, Map<string, Tensor>>();
  private readonly owned: Tensor[] = [];

  /** The tensor of a constant. */
  tensorOf(constant: Constant): Tensor {
    const known = this.constants.get(constant);
    if (known) return known;
    const { source } = constant;
    const tensor =
      'make' in source
        ? this.own(() => source.make(source.from.map((other) => this.tensorOf(other))))
        : source;
    this.constants.set(constant, tensor);
    if (!this.lasting.has(tensor.id)) this.lasting.set(tensor.id, new Map());
    return tensor;
  }

  has(tensor: Tensor): boolean {
    return this.lasting.has(tensor.id);
  }

  of(tensor: Tensor, name: string, make: (tensor: Tensor) => Tensor): Tensor {
    const forms = this.lasting.get(tensor.id);
    if (!forms) return make(tensor);
    let form = forms.get(name);
    if (!form) forms.set(name, (form = this.own(() => make(tensor))));
    return form;
  }

  /** Frees all that was made. The weights themselves stay the model's. */
  dispose(): void {
    dispose(this.owned);
    this.owned.length = 0;
    this.constants.clear();
    this.lasting.clear();
  }

  private own(make: () => Tensor): Tensor {
    const tensor = keep(tidy(make));
    this.owned.push(tensor);
    return tensor;
  }
}
