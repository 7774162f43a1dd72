import { inFrontOfKernels, tfEngine } from '../../backends/engine';
import type { Forms } from '../../gradients/weight';
import { carriedOutQuicker } from './carriedOutQuicker';

/** Gradients ask for forms of weights themselves. */
const NO_WEIGHTS: Forms = {
  lasting: false,
  has: () => false,
  held: (tensor) => tensor,
  of: (tensor, _, make) => make(tensor),
};

/** Runs `body`, which nobody follows, with kernels of ours for slow ones, but those on TF.js's own tape. */
export function withQuickerKernels<T>(body: () => T): T {
  return inFrontOfKernels((invocation, pass) => {
    const isKernel = typeof invocation.kernelName === 'string' && tfEngine().state.gradientDepth === 0;
    return isKernel ? carriedOutQuicker(invocation, NO_WEIGHTS, pass) : pass(invocation);
  }, body);
}
