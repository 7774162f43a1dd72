import { add, mul, neg, rsqrt, sub } from '@tensorflow/tfjs-core';
import type { Tensor } from '@tensorflow/tfjs-core';
import type { KernelCall, KernelGradient } from '../kernelGradient';
import { undoBroadcast } from '../../tensors/undoBroadcast';
import { weightOf } from '../weight';

/*
 * Batch norm with given statistics, also with those of the input itself, as layer normalisation has them:
 *
 *   y = (x - mean) r scale + offset,   r = 1 / √(variance + ε)
 *
 * `scale` and `offset` may be missing, which TF.js's own gradient does not survive.
 */

const epsilonOf = (call: KernelCall): number => Number(call.attrs['varianceEpsilon']);

const reciprocalDeviation = (call: KernelCall, variance = call.saved('variance')): Tensor =>
  rsqrt(add(variance, epsilonOf(call)));

/** What each unit of x is multiplied by: small, where the statistics are those of channels. */
function factor(call: KernelCall): Tensor {
  if (!('scale' in call.shapes)) {
    return weightOf(call, 'variance').form(`r ${epsilonOf(call)}`, (variance) =>
      reciprocalDeviation(call, variance),
    );
  }
  const scale = call.saved('scale');
  const scaled = (variance: Tensor) => mul(reciprocalDeviation(call, variance), scale);
  // what is made of two weights is kept with one, under the name of the other
  return call.forms?.has(scale)
    ? weightOf(call, 'variance').form(`r ${epsilonOf(call)} × ${scale.id}`, scaled)
    : scaled(call.saved('variance'));
}

export const normalizationGradients: readonly KernelGradient[] = [
  {
    kernel: 'FusedBatchNorm',
    needs: {
      x: ['variance', 'scale'],
      mean: ['variance', 'scale'],
      variance: ['x', 'mean', 'variance', 'scale'],
      scale: ['x', 'mean', 'variance'],
    },
    backward: (dy, call) => {
      const to = (name: string, d: Tensor) => undoBroadcast(d, call.shapes[name]!);
      const centered = () => sub(call.saved('x'), call.saved('mean'));
      return {
        x: () => to('x', mul(dy, factor(call))),
        mean: () => neg(to('mean', mul(dy, factor(call)))),
        variance: () => {
          const r = reciprocalDeviation(call);
          const d = mul(mul(dy, centered()), mul(factor(call), mul(mul(r, r), -0.5)));
          return to('variance', d);
        },
        scale: () => to('scale', mul(mul(dy, centered()), reciprocalDeviation(call))),
        offset: () => to('offset', dy),
      };
    },
  },
];
