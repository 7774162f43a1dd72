import { dispose, keep, reshape, tensor as tensorOf, tidy } from '@tensorflow/tfjs-core';
import type { Tensor } from '@tensorflow/tfjs-core';
import type { Forms } from '../../gradients/weight';
import type { Constant } from './program';

/**
 * The constants of a program as tensors, and the forms of them that gradients use.
 *
 * Where they last they are made once and kept until disposed, as a prepared model does. Else they belong to
 * the scope in which they are made, and go with the call.
 */
export class ProgramForms implements Forms {
  private readonly constants = new Map<Constant, Tensor>();
  private readonly handles = new Map<number, Tensor>();
  private readonly forms = new Map<number, Map<string, Tensor>>();
  private readonly owned: Tensor[] = [];
  private holders = 0;
  private isGivenUp = false;

  constructor(readonly lasting: boolean) {}

  /** The tensor of a constant. */
  tensorOf(constant: Constant): Tensor {
    const known = this.constants.get(constant);
    if (known) return known;
    const tensor = this.made(constant);
    this.constants.set(constant, tensor);
    if (!this.forms.has(tensor.id)) this.forms.set(tensor.id, new Map());
    return tensor;
  }

  has(tensor: Tensor): boolean {
    return this.forms.has(tensor.id);
  }

  held(tensor: Tensor, handle: () => Tensor): Tensor {
    if (!('assign' in tensor)) return tensor;
    const before = this.handles.get(tensor.id);
    if (before) return before;
    const held = this.lasting ? this.own(() => reshape(tensor, tensor.shape)) : handle();
    this.handles.set(tensor.id, held);
    this.forms.set(held.id, new Map());
    return held;
  }

  of(tensor: Tensor, name: string, make: (tensor: Tensor) => Tensor): Tensor {
    const forms = this.lasting ? this.forms.get(tensor.id) : undefined;
    if (!forms) return make(tensor);
    let form = forms.get(name);
    if (!form) forms.set(name, (form = this.own(() => make(tensor))));
    return form;
  }

  hold(): void {
    this.holders++;
  }

  release(): void {
    this.holders--;
    if (this.isGivenUp) this.dispose();
  }

  /**
   * Frees what was kept, as soon as nobody works with it any more: a model may be disposed, or explained at
   * other shapes, by what runs during an explanation. The weights themselves stay the model's.
   */
  dispose(): void {
    this.isGivenUp = true;
    if (this.holders > 0) return;
    dispose(this.owned);
    this.owned.length = 0;
    this.constants.clear();
    this.handles.clear();
    this.forms.clear();
  }

  private made({ source, shape }: Constant): Tensor {
    if ('make' in source) {
      const from = source.from.map((other) => this.tensorOf(other)); // which others may want as well
      return this.own(() => source.make(from));
    }
    if ('values' in source)
      return this.own(() => tensorOf(source.values, [...shape] as Tensor['shape'], source.dtype));
    return source;
  }

  private own(make: () => Tensor): Tensor {
    const made = tidy(make);
    if (!this.lasting) return made;
    this.owned.push(keep(made));
    return made;
  }
}
