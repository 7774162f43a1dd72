import { sum } from '@tensorflow/tfjs-core';
import type { Tensor } from '@tensorflow/tfjs-core';
import { undoBroadcast } from '../../tensors/undoBroadcast';
import { dataFormatOf, type DataFormat } from '../axes';
import { kernelGradient, type KernelCall, type KernelGradient } from '../kernelGradient';

type Inputs = Readonly<Record<'x' | 'bias', Tensor>>;

/** The bias inside of a fused kernel, which TF.js has no kernel of its own for. */
export const biasGradients: readonly KernelGradient[] = [
  kernelGradient<Inputs, BiasAttrs>('BiasAdd', {
    backward: (dy, call) => ({ x: () => dy, bias: () => toBias(dy, call) }),
  }),
];

interface BiasAttrs {
  readonly dataFormat?: DataFormat;
}

function toBias(dy: Tensor, { attrs, shapes }: KernelCall<'x' | 'bias', BiasAttrs>): Tensor {
  // with channels first, a bias of rank 1 still is one number a channel
  const perChannel = dataFormatOf(attrs) === 'NCHW' && shapes.bias.length === 1 && shapes.bias[0] !== 1;
  return perChannel ? sum(dy, [0, 2, 3]) : undoBroadcast(dy, shapes.bias);
}
