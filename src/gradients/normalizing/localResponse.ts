import { add, linalg, matMul, mul, ones, pow, reshape, square, sub } from '@tensorflow/tfjs-core';
import type { LRNAttrs, LRNInputs, Tensor, Tensor2D } from '@tensorflow/tfjs-core';
import { kernelGradient } from '../kernelGradient';
import type { KernelCall, KernelGradient, NameOf } from '../kernelGradient';

/*
 * Local response normalisation: each channel over a power of the sum of squares of its neighbours,
 *
 *   y = x u^-β,   u = bias + α B x²      B: 1 for channels at most `depthRadius` apart, else 0
 *   dx = dy u^-β - 2 α β x B (dy x u^(-β-1))
 *
 * TF.js's own kernel does not compile on webgl for a radius of 0, and has no gradient itself.
 */
function toX(dy: Tensor, call: KernelCall<NameOf<LRNInputs>, LRNAttrs>): Tensor {
  const { depthRadius, bias, alpha, beta } = call.attrs;
  const channels = dy.shape[dy.rank - 1] ?? 0;
  const radius = Math.min(depthRadius, channels);
  const near: Tensor2D = linalg.bandPart(ones([channels, channels]), radius, radius);
  const around = (t: Tensor) => reshape(matMul(reshape(t, [-1, channels]), near), t.shape);

  const x = call.saved('x');
  const u = add(mul(around(square(x)), alpha), bias);
  const direct = mul(dy, pow(u, -beta));
  const through = around(mul(mul(dy, x), pow(u, -beta - 1)));
  return sub(direct, mul(mul(x, through), 2 * alpha * beta));
}

export const localResponseGradients: readonly KernelGradient[] = [
  kernelGradient<LRNInputs, LRNAttrs>('LRN', {
    needs: { x: ['x'] },
    backward: (dy, call) => ({ x: () => toX(dy, call) }),
  }),
];
