import { exp, mul, sub, sum } from '@tensorflow/tfjs-core';
import type {
  LogSoftmaxAttrs,
  LogSoftmaxInputs,
  SoftmaxAttrs,
  SoftmaxInputs,
  Tensor,
} from '@tensorflow/tfjs-core';
import { kernelGradient, type KernelGradient } from '../kernelGradient';

/*
 * Softmax and its logarithm, of the last axis.
 *
 *   y = softmax(x)        dx = y (dy - Σ dy y)
 *   y = log softmax(x)    dx = dy - e^y Σ dy
 *
 * The mean Σ dy y is taken off twice: where a y is 1 as single precision has it, the first time leaves out
 * what 1 - y is, which the other y still know.
 */

/** The sum over an axis, which is kept. */
const over = (x: Tensor, axis: number): Tensor => sum(x, axis, true);

export const softmaxGradients: readonly KernelGradient[] = [
  kernelGradient<SoftmaxInputs, SoftmaxAttrs>('Softmax', {
    needs: { logits: ['output'] },
    backward: (dy, call) => ({
      logits: () => {
        const y = call.saved('output');
        const centred = (d: Tensor): Tensor => sub(d, over(mul(d, y), call.attrs.dim));
        return mul(centred(centred(dy)), y);
      },
    }),
  }),
  kernelGradient<LogSoftmaxInputs, LogSoftmaxAttrs>('LogSoftmax', {
    needs: { logits: ['output'] },
    backward: (dy, call) => ({
      logits: () => sub(dy, mul(over(dy, call.attrs.axis), exp(call.saved('output')))),
    }),
  }),
];
