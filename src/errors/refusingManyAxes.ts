import { axisDefects, hasManyAxes } from '../backends/defects/axisDefects';
import { brokenForward } from './brokenForward';
import { inFrontOfKernels } from '../backends/engine';
import type { CustomGradInvocation, KernelInvocation } from '../backends/engine';

/**
 * Refuses a kernel that has more axes than the backend computes, wherever it runs: also inside of another
 * one, or on the way back.
 */
export function refuseManyAxes(invocation: KernelInvocation | CustomGradInvocation, needed: string): void {
  if (!isOfAxes(invocation) || !hasManyAxes(invocation)) return;
  const broken = brokenForward(invocation, needed);
  if (broken) throw broken;
}

/** Runs `body`, the way back, and refuses such kernels in it. */
export function refusingManyAxes<T>(body: () => T): T {
  return inFrontOfKernels((invocation, pass) => {
    refuseManyAxes(invocation, 'the way back');
    return pass(invocation);
  }, body);
}

function isOfAxes(invocation: KernelInvocation | CustomGradInvocation): invocation is KernelInvocation {
  const { kernelName } = invocation;
  return (
    kernelName !== undefined && kernelName !== null && (kernelName in axisDefects || kernelName === 'PadV2')
  );
}
