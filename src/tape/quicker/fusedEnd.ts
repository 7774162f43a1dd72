import { zeros } from '@tensorflow/tfjs-core';
import type { Tensor } from '@tensorflow/tfjs-core';
import { NOT_ACTIVATED, type Activated } from '../../tensors/loops/activate';
import type { Given } from './quicker';

/** The bias of a fused kernel and what its activation makes of the sums, where ours do it. */
export function fusedEnd(
  { inputs: { bias }, attrs }: Given,
  width: number,
): { readonly bias: Tensor; readonly activated: Activated } | undefined {
  const activation = ACTIVATIONS[(attrs['activation'] as string | undefined) ?? 'linear'];
  const isOfChannels = !bias || (bias.size === width && bias.shape[bias.rank - 1] === width);
  if (!activation || !isOfChannels) return undefined;
  return { bias: bias ?? zeros([width]), activated: activation(Number(attrs['leakyreluAlpha'] ?? 0)) };
}

/** What becomes of the sums, by the name of a fused activation and the slope of a LeakyReLU. */
const ACTIVATIONS: Readonly<Record<string, ((alpha: number) => Activated) | undefined>> = {
  linear: () => NOT_ACTIVATED,
  relu: () => ({ ...NOT_ACTIVATED, slope: 0 }),
  relu6: () => ({ slope: 0, limit: 6 }),
  leakyrelu: (slope) => ({ ...NOT_ACTIVATED, slope }),
};
