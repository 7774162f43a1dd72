import { reshape } from '@tensorflow/tfjs-core';
import type { Tensor } from '@tensorflow/tfjs-core';
import type { MadeOfWeights } from './madeOfWeights';
import { ProgramForms } from './programForms';
import type { Making } from './programForms';

/** The constants of a prepared model's program, and the forms of them that gradients use, until disposed. */
export class LastingForms extends ProgramForms {
  override readonly lasting = true;
  private readonly forms = new Map<string, Tensor>();
  private readonly owned: (() => void)[] = [];
  private holders = 0;
  private isGivenUp = false;

  /** @param shared What other programs of the model use as well. */
  constructor(private readonly shared: MadeOfWeights) {
    super();
  }

  override held(tensor: Tensor): Tensor {
    return super.held(tensor, () =>
      this.own({ name: 'handle', from: [tensor], make: () => reshape(tensor, tensor.shape) }),
    );
  }

  override of(tensor: Tensor, name: string, make: (tensor: Tensor) => Tensor): Tensor {
    if (!this.has(tensor)) return make(tensor);
    const key = `${tensor.id} ${name}`;
    const form = this.forms.get(key) ?? this.own({ name, from: [tensor], make: () => make(tensor) });
    this.forms.set(key, form);
    return form;
  }

  hold(): void {
    this.holders++;
  }

  override release(): void {
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
    for (const giveUp of this.owned.splice(0)) giveUp();
  }

  protected override own(making: Making): Tensor {
    const { tensor, giveUp } = this.shared.take(making);
    this.owned.push(giveUp);
    return tensor;
  }
}
