import { keep, tidy } from '@tensorflow/tfjs-core';
import type { Tensor } from '@tensorflow/tfjs-core';
import { currentBackend } from '../../backends/backend';

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

  /**
   * A tensor for one program more, and how that gives it up.
   *
   * @param key What others may have made; none for what no other program uses.
   */
  take(make: () => Tensor, key?: string): { tensor: Tensor; giveUp: () => void } {
    const known = key === undefined ? undefined : this.made.get(key);
    const made = known ?? { tensor: keep(tidy(make)), users: 0 };
    made.users++;
    if (key !== undefined) this.made.set(key, made);
    const giveUp = () => {
      if (--made.users > 0) return;
      made.tensor.dispose();
      if (key !== undefined) this.made.delete(key);
    };
    return { tensor: made.tensor, giveUp };
  }

  /** Tells what is made of such tensors from all else: a weight that was set has other data. */
  keyOf(name: string, from: readonly Tensor[]): string {
    const given = from.map(({ dataId, shape }) => `${this.numberOf(dataId)}[${shape.join()}]`);
    return [currentBackend().name, name, ...given].join(' ');
  }

  private numberOf(dataId: object): number {
    const number = this.numbers.get(dataId) ?? this.count++;
    this.numbers.set(dataId, number);
    return number;
  }
}
