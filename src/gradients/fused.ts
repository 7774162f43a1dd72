import { sum } from '@tensorflow/tfjs-core';
import type { Tensor, Tensor4D } from '@tensorflow/tfjs-core';
import { throughConvolution, type Convolution } from './convolution/convolution';
import { dataFormatOf } from './axes';
import { throughDepthwise, type Depthwise } from './convolution/depthwise';
import type { KernelCall, KernelGradient } from './kernelGradient';
import { throughMatMul, type Product } from './products/matMul';
import { throughElu, throughLeakyRelu, throughRelu, throughRelu6 } from './rectifiers/rectifiers';
import { undoBroadcast } from '../tensors/undoBroadcast';

/*
 * Fused kernels: a product, plus a bias, through an activation, in one kernel. What arrives is taken back
 * through the activation first, whose gradient is read off the output; the rest is the product's own.
 */

type Attrs = KernelCall['attrs'];
type ThroughOutput = (dy: Tensor, y: Tensor, cut: boolean, attrs: Attrs) => Tensor;

/** The rectifier that an activation stands for; others are not run fused (fusedKernels.ts). */
const ACTIVATIONS: Readonly<Record<string, ThroughOutput>> = {
  relu: throughRelu,
  relu6: throughRelu6,
  elu: throughElu,
  leakyrelu: (dy, y, cut, attrs) => throughLeakyRelu(dy, y, Number(attrs['leakyreluAlpha']), cut),
};

export const fusedGradients: readonly KernelGradient[] = [
  fused('FusedConv2D', 'x', 'filter', (dy, call) =>
    throughConvolution(dy as Tensor4D, call as unknown as Convolution),
  ),
  fused('FusedDepthwiseConv2D', 'x', 'filter', (dy, call) =>
    throughDepthwise(dy as Tensor4D, call as unknown as Depthwise),
  ),
  fused('_FusedMatMul', 'a', 'b', (dy, call) => throughMatMul(dy, call as unknown as Product)),
];

function fused(
  kernel: string,
  x: string,
  weight: string,
  through: KernelGradient['backward'],
): KernelGradient {
  return {
    kernel,
    needs: (attrs) => {
      const output = isLinear(attrs) ? [] : ['output'];
      return { [x]: [weight, ...output], [weight]: [x, ...output], bias: output };
    },
    backward: (dy, call) => {
      const beforeActivation = throughActivation(dy, call);
      return { ...through(beforeActivation, call), bias: () => toBias(beforeActivation, call) };
    },
  };
}

function isLinear({ activation }: Attrs): boolean {
  return activation === undefined || activation === null || activation === 'linear';
}

function throughActivation(dy: Tensor, call: KernelCall): Tensor {
  if (isLinear(call.attrs)) return dy;
  const through = ACTIVATIONS[String(call.attrs['activation'])];
  if (!through)
    throw new Error(`internal: ${call.kernel} ran fused with ${String(call.attrs['activation'])}`);
  const y = () => call.saved('output');
  return call.rectify(dy, (arriving, cut) => through(arriving, y(), cut, call.attrs), y);
}

function toBias(dy: Tensor, call: KernelCall): Tensor {
  const shape = call.shapes['bias']!;
  // with channels first, a bias of rank 1 still is one number a channel
  const perChannel = dataFormatOf(call.attrs) === 'NCHW' && shape.length === 1 && shape[0] !== 1;
  return perChannel ? sum(dy, [0, 2, 3]) : undoBroadcast(dy, shape);
}
