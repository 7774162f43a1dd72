import { add, reshape } from '@tensorflow/tfjs-core';
import type { Tensor } from '@tensorflow/tfjs-core';
import type { Value } from './tape';

/** What has arrived so far, summed over the ways it came. */
export class Arriving {
  private readonly sums = new Map<Value, Tensor>();

  at(value: Value): Tensor | null {
    return this.sums.get(value) ?? null;
  }

  /** Takes `dy` over. */
  add(value: Value, dy: Tensor): void {
    const before = this.sums.get(value);
    if (!before) {
      this.sums.set(value, dy);
      return;
    }
    this.sums.set(value, add(before, dy));
    before.dispose();
    dy.dispose();
  }

  drop(value: Value): void {
    this.sums.get(value)?.dispose();
    this.sums.delete(value);
  }
}

/** A second handle on the data of a tensor. */
export function sharing(tensor: Tensor): Tensor {
  return reshape(tensor, tensor.shape);
}
