import type { BinaryInputs, Tensor } from '@tensorflow/tfjs-core';
import { floats } from '../../tensors/floats';
import { undoBroadcast } from '../../tensors/undoBroadcast';
import { kernelGradient, type KernelGradient, type NameOf } from '../kernelGradient';

type Operand = NameOf<BinaryInputs>;

/** Each gradient is computed from both operands. */
export const BOTH = { a: ['a', 'b'], b: ['a', 'b'] } as const;

/** The gradient to an operand, before broadcasting is undone. */
type ToOperand = (dy: Tensor, saved: (name: Operand) => Tensor) => Tensor;

/**
 * The gradient of a function of two tensors that are broadcast against each other.
 *
 * @param needs What of the operands each gradient is computed from.
 */
export const ofTwo = (
  kernel: string,
  needs: Readonly<Record<Operand, readonly Operand[]>>,
  toA: ToOperand,
  toB: ToOperand,
): KernelGradient =>
  kernelGradient<BinaryInputs>(kernel, {
    needs,
    backward: (dy, call) => {
      const saved = (name: Operand) => floats(call.saved(name));
      return {
        a: () => undoBroadcast(toA(dy, saved), call.shapes.a),
        b: () => undoBroadcast(toB(dy, saved), call.shapes.b),
      };
    },
  });
