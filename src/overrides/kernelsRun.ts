import { inFrontOfKernels, tfEngine } from '../backends/engine';
import type { CustomGradInvocation, KernelInvocation } from '../backends/engine';
import { fusedParts } from '../tape/fusedKernels';

/**
 * Runs `body`, and gives the kernels that ran in it, on the way forward; a fused one as the kernels that it
 * stands for.
 */
export function kernelsRun<T>(body: () => T): { result: T; ran: ReadonlySet<string> } {
  const ran = new Set<string>();
  const result = inFrontOfKernels((invocation, pass) => {
    if (isKernel(invocation) && !isOnWayBack()) {
      const seen = invocation.standsFor ?? invocation;
      for (const { kernel } of fusedParts(seen) ?? [{ kernel: seen.kernelName }]) ran.add(kernel);
    }
    return pass(invocation);
  }, body);
  return { result, ran };
}

/** A `tf.customGrad` comes through the same door, without a name. */
function isKernel(invocation: KernelInvocation | CustomGradInvocation): invocation is KernelInvocation {
  return invocation.kernelName !== undefined && invocation.kernelName !== null;
}

/** Whether a gradient is being computed, by TF.js or by us: its kernels are nobody's forward pass. */
function isOnWayBack(): boolean {
  return tfEngine().state.scopeStack.some(({ name }) => name === 'backward');
}
