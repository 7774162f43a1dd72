import { tidy } from '@tensorflow/tfjs-core';
import type { NamedAttrMap, Tensor } from '@tensorflow/tfjs-core';
import { currentBackend } from '../../backends/backend';
import type { KernelInvocation } from '../../backends/engine';
import { isReachable } from '../../backends/memory';
import { isKernelReplaced } from '../../backends/shippedKernels';
import type { Forms } from '../../gradients/weight';
import { CONVOLUTIONS } from './convolutions';
import { ELEMENTWISE, POWERS } from './elementwise';
import { MOVES, REPETITIONS } from './moves';
import { PRODUCTS } from './products';
import { REDUCTIONS } from './reductions';
import type { QuickerKernels } from './quicker';

/**
 * Carries out a kernel, or one of ours in its place: on cpu, where TF.js calls a function for each number,
 * and where it is slow on wasm as well. It is written down as the one that it stands for.
 *
 * @param forms What is made of the weights; none where somebody may follow from outside.
 */
export function carriedOutQuicker(
  invocation: KernelInvocation,
  forms: Forms | undefined,
  carryOut: (invocation: KernelInvocation) => Tensor | Tensor[],
): Tensor | Tensor[] {
  const { kernelName } = invocation;
  const quicker = forms && quickerKernels()[kernelName];
  if (!quicker || isKernelReplaced(kernelName)) return carryOut(invocation);
  // what is made of a filter for this run alone goes with it
  return tidy(() => {
    const found = quicker({ inputs: invocation.inputs, attrs: invocation.attrs ?? {}, forms });
    if (!found) return carryOut(invocation);
    const { name, inputs } = found;
    const attrs = found.attrs as NamedAttrMap;
    return carryOut({ ...invocation, kernelName: name, inputs, attrs, standsFor: invocation });
  });
}

function quickerKernels(): QuickerKernels {
  if (currentBackend().hasSlowProducts) return ON_CPU;
  return isReachable() ? ALIKE : NONE;
}

const NONE: QuickerKernels = {};

/** Where JavaScript reaches the numbers. */
const ALIKE: QuickerKernels = { ...REPETITIONS, ...POWERS };

/** Where all else is slow as well. */
const ON_CPU: QuickerKernels = {
  ...ALIKE,
  ...CONVOLUTIONS,
  ...PRODUCTS,
  ...ELEMENTWISE,
  ...REDUCTIONS,
  ...MOVES,
};
