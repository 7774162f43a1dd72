import { add, reshape, tidy } from '@tensorflow/tfjs-core';
import type { Tensor } from '@tensorflow/tfjs-core';
import type { Value } from '../tape';

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
    this.sums.set(value, sumOf(before, dy));
    before.dispose();
    dy.dispose();
  }

  /**
   * Lets go of what arrived at a value.
   *
   * @param leaving What leaves it: what is handed on lives on.
   */
  drop(value: Value, leaving: Readonly<Record<string, Tensor>>): void {
    const dy = this.sums.get(value);
    if (dy && !Object.values(leaving).includes(dy)) dy.dispose();
    this.sums.delete(value);
  }
}

/** Of two tensors of a shape: on one axis, as wasm adds up to six. */
function sumOf(a: Tensor, b: Tensor): Tensor {
  if (a.rank <= 6) return add(a, b);
  return tidy(() => reshape(add(reshape(a, [-1]), reshape(b, [-1])), a.shape));
}
