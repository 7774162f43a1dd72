import { tensor as tensorOf, tidy } from '@tensorflow/tfjs-core';
import type { Tensor } from '@tensorflow/tfjs-core';
import type { Forms } from '../../gradients/weight';
import { FormsAskedAgain } from '../../tape/quicker/formsAskedAgain';
import type { Constant } from './program';

/** How a tensor is made. */
export interface Making {
  readonly make: () => Tensor;
  /** What it is of other tensors; none where it is not made of such. */
  readonly name?: string;
  readonly from: readonly Tensor[];
}

/**
 * The constants of a program as tensors, and the forms of them that gradients use. They belong to the scope
 * in which they are made, and go with the call.
 */
export class ProgramForms implements Forms {
  readonly lasting: boolean = false;
  private readonly constants = new Map<Constant, Tensor>();
  private readonly handles = new Map<number, Tensor>();
  private readonly known = new Set<number>();
  private readonly again = new FormsAskedAgain();

  /** The tensor of a constant. */
  tensorOf(constant: Constant): Tensor {
    const before = this.constants.get(constant);
    if (before) return before;
    const tensor = this.made(constant);
    this.constants.set(constant, tensor);
    this.known.add(tensor.id);
    return tensor;
  }

  has(tensor: Tensor): boolean {
    return this.known.has(tensor.id);
  }

  held(tensor: Tensor, handle: () => Tensor): Tensor {
    if (!('assign' in tensor)) return tensor;
    const before = this.handles.get(tensor.id);
    if (before) return before;
    const held = handle();
    this.handles.set(tensor.id, held);
    this.known.add(held.id);
    return held;
  }

  of(tensor: Tensor, name: string, make: (tensor: Tensor) => Tensor): Tensor {
    return this.again.of(tensor, name, make);
  }

  release(): void {
    this.again.release();
  }

  protected own({ make }: Making): Tensor {
    return tidy(make);
  }

  private made({ source, shape }: Constant): Tensor {
    if ('make' in source) {
      const from = source.from.map((other) => this.tensorOf(other)); // which others may want as well
      return this.own({ name: source.name, from, make: () => source.make(from) });
    }
    if ('values' in source)
      return this.own({
        from: [],
        make: () => tensorOf(source.values, [...shape] as Tensor['shape'], source.dtype),
      });
    return source;
  }
}
