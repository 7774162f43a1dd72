import { keep } from '@tensorflow/tfjs-core';
import type { Tensor } from '@tensorflow/tfjs-core';
import { secondHandle } from '../../backends/secondHandle';
import type { Gate } from '../../gradients/rectifiers/gate';
import { openingOf } from '../../gradients/rectifiers/opening';
import type { Forms } from '../../gradients/weight';
import type { TapeNode, Value } from '../tape';

/**
 * The values of a recording, by the tensors that stand for them, and second handles on the data of those that
 * a gradient needs: none is copied. Disposed as a whole.
 */
export class KeptValues {
  private readonly values = new Map<number, Value>();
  /**
   * Every value, also one whose tensor has come to stand for another: a customGrad may give back its input.
   */
  private readonly everyValue: Value[] = [];
  private readonly constants = new Map<number, Tensor>();
  private readonly others: Tensor[] = [];
  /** Whether what runs now may lie on a way back. */
  isOnWay = true;

  /**
   * @param forms Of the program that is run: its constants outlive the recording and need no second handle.
   * @param hidden Runs what the recording must not see.
   */
  constructor(
    private readonly forms: Forms | undefined,
    private readonly hidden: <T>(body: () => T) => T,
  ) {}

  /** What a tensor stands for; undefined where it does not depend on anything watched. */
  of(tensor: Tensor): Value | undefined {
    return this.values.get(tensor.id);
  }

  /** A new value, which a tensor stands for; none inside of a fused kernel. */
  add({ shape, dtype }: Pick<Tensor, 'shape' | 'dtype'>, producer: TapeNode | null, tensor?: Tensor): Value {
    const value: Value = { shape, dtype, producer, consumers: [], alias: null, opening: null };
    if (tensor) this.values.set(tensor.id, value);
    this.everyValue.push(value);
    return value;
  }

  /**
   * Keeps the data of a tensor: of a value with the value, of a constant once.
   *
   * @param isAnyway Whether they are needed off the way back, too.
   */
  keep(tensor: Tensor, isAnyway = false): Tensor | Value {
    const value = this.values.get(tensor.id);
    if (value) {
      if (this.isOnWay || isAnyway) {
        value.alias ??= this.secondHandle(tensor);
        // which the gate reads as well
        value.opening?.dispose();
        value.opening = null;
      }
      return value;
    }
    return this.forms?.has(tensor)
      ? this.forms.held(tensor, () => this.keepConstant(tensor))
      : this.keepConstant(tensor);
  }

  /**
   * Keeps of a rectifier's output where its gate is open, which takes less memory than the output; all of it
   * where it has to be kept, or another gradient needs it later.
   */
  keepOpening(y: Tensor, gate: Gate): Tensor | Value {
    const value = this.values.get(y.id);
    // who takes the gradient of what is computed here, which a program keeps nobody from, follows the output
    const open = value && this.isOnWay && this.forms && this.hidden(() => openingOf(y, gate));
    if (!open) return this.keep(y);
    value.opening = keep(open);
    return value;
  }

  private keepConstant(tensor: Tensor): Tensor {
    let handle = this.constants.get(tensor.id);
    if (!handle) this.constants.set(tensor.id, (handle = this.secondHandle(tensor)));
    return handle;
  }

  /** Keeps the data of a tensor under a handle of its own. */
  keepApart(tensor: Tensor): Tensor {
    const handle = this.secondHandle(tensor);
    this.others.push(handle);
    return handle;
  }

  /** A tensor for a value whose data were kept, followed like the value itself. */
  tensorOf(value: Value): Tensor {
    if (!value.alias) throw new Error('internal: the value was not kept');
    this.values.set(value.alias.id, value);
    return value.alias;
  }

  /**
   * Another tensor for what a tensor stands for, on the same data: whoever is handed it may dispose it. It
   * belongs to the scope that is open.
   */
  standIn(tensor: Tensor): Tensor {
    const other = this.hidden(() => secondHandle(tensor));
    const value = this.values.get(tensor.id);
    if (value) this.values.set(other.id, value);
    return other;
  }

  /** Lets go of what only the gradients of earlier-recorded kernels would need. */
  release(value: Value): void {
    value.alias?.dispose();
    value.opening?.dispose();
    value.alias = value.opening = null;
  }

  /** Disposes whatever was kept. */
  dispose(): void {
    for (const value of this.everyValue) this.release(value);
    for (const tensor of this.constants.values()) tensor.dispose();
    for (const tensor of this.others) tensor.dispose();
    this.values.clear();
    this.everyValue.length = 0;
    this.constants.clear();
    this.others.length = 0;
  }

  private secondHandle(tensor: Tensor): Tensor {
    return this.hidden(() => keep(secondHandle(tensor)));
  }
}
