import { keep, tidy } from '@tensorflow/tfjs-core';
import type { Tensor } from '@tensorflow/tfjs-core';
import { currentBackend } from '../../backends/backend';
import type { Making } from './programForms';

/** A tensor, and how many programs use it. */
interface Made {
  readonly tensor: Tensor;
  users: number;
}

/** What is made of a model's weights and kept: each tensor once for all programs of the model. */
export class MadeOfWeights {
  private readonly made = new Map<string, Made>();
  private readonly numbers = new WeakMap<object, number>();
  private count = 0;

  /** A tensor for one program more, which is made if it is not there, and how that program gives it up. */
  take({ name = `${this.count++}`, from, make }: Making): { tensor: Tensor; giveUp: () => void } {
    // a weight that was set has other data
    const given = from.map(({ dataId, shape }) => {
      const number = this.numbers.get(dataId) ?? this.count++;
      this.numbers.set(dataId, number);
      return `${number}[${shape.join()}]`;
    });
    const key = [currentBackend().name, name, ...given].join(' ');
    const made = this.made.get(key) ?? { tensor: keep(tidy(make)), users: 0 };
    this.made.set(key, made);
    made.users++;
    const giveUp = () => {
      if (--made.users > 0) return;
      made.tensor.dispose();
      this.made.delete(key);
    };
    return { tensor: made.tensor, giveUp };
  }
}
