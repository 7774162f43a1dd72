import { sum } from '@tensorflow/tfjs-core';
import type { Tensor } from '@tensorflow/tfjs-core';
import { undoBroadcast } from '../../tensors/undoBroadcast';
import { dataFormatOf } from '../axes';
import type { KernelCall, KernelGradient } from '../kernelGradient';

/** The bias inside of a fused kernel, which TF.js has no kernel of its own for. */
export const biasGradients: readonly KernelGradient[] = [
  { kernel: 'BiasAdd', backward: (dy, call) => ({ x: () => dy, bias: () => toBias(dy, call) }) },
];

function toBias(dy: Tensor, { attrs, shapes }: KernelCall): Tensor {
  const shape = shapes['bias']!;
  // with channels first, a bias of rank 1 still is one number a channel
  const perChannel = dataFormatOf(attrs) === 'NCHW' && shape.length === 1 && shape[0] !== 1;
  return perChannel ? sum(dy, [0, 2, 3]) : undoBroadcast(dy, shape);
}
