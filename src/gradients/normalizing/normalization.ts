import { add, mul, neg, rsqrt, sub } from '@tensorflow/tfjs-core';
import type { FusedBatchNormAttrs, FusedBatchNormInputs, Tensor } from '@tensorflow/tfjs-core';
import { kernelGradient } from '../kernelGradient';
import type { KernelCall, KernelGradient, NameOf } from '../kernelGradient';
import { undoBroadcast } from '../../tensors/undoBroadcast';

/*
 * Batch norm with given statistics, also with those of the input itself, as layer normalisation has them:
 *
 *   y = (x - mean) r scale + offset,   r = 1 / √(variance + ε)
 *
 * `scale` and `offset` may be missing, which TF.js's own gradient does not survive.
 */

type BatchNorm = KernelCall<NameOf<FusedBatchNormInputs>, FusedBatchNormAttrs>;

const reciprocalDeviation = ({ attrs }: BatchNorm, variance: Tensor): Tensor =>
  rsqrt(add(variance, attrs.varianceEpsilon));

/** What each unit of x is multiplied by: small, where the statistics are those of channels. */
function factor(call: BatchNorm): Tensor {
  const name = `r ${call.attrs.varianceEpsilon}`;
  return 'scale' in call.shapes
    ? call
        .weight('variance', 'scale')
        .form(name, (variance, scale) => mul(reciprocalDeviation(call, variance), scale))
    : call.weight('variance').form(name, (variance) => reciprocalDeviation(call, variance));
}

export const normalizationGradients: readonly KernelGradient[] = [
  kernelGradient<FusedBatchNormInputs, FusedBatchNormAttrs>('FusedBatchNorm', {
    needs: {
      x: ['variance', 'scale'],
      mean: ['variance', 'scale'],
      variance: ['x', 'mean', 'variance', 'scale'],
      scale: ['x', 'mean', 'variance'],
    },
    backward: (dy, call) => {
      const to = (name: NameOf<FusedBatchNormInputs>, d: Tensor) => undoBroadcast(d, call.shapes[name]);
      const centered = () => sub(call.saved('x'), call.saved('mean'));
      return {
        x: () => to('x', mul(dy, factor(call))),
        mean: () => neg(to('mean', mul(dy, factor(call)))),
        variance: () => {
          const r = reciprocalDeviation(call, call.saved('variance'));
          const d = mul(mul(dy, centered()), mul(factor(call), mul(mul(r, r), -0.5)));
          return to('variance', d);
        },
        scale: () => to('scale', mul(mul(dy, centered()), reciprocalDeviation(call, call.saved('variance')))),
        offset: () => to('offset', dy),
      };
    },
  }),
];
