import { currentBackend } from '../backends/backend';
import { axisDefects } from '../backends/defects/axisDefects';
import type { Defects, KnownInput } from '../backends/defects/defect';
import { imageDefects } from '../backends/defects/imageDefects';
import { moveDefects } from '../backends/defects/moveDefects';
import { productDefects } from '../backends/defects/productDefects';
import { valueDefects } from '../backends/defects/valueDefects';
import { windowDefects } from '../backends/defects/windowDefects';
import type { KernelInvocation } from '../backends/engine';
import { otherBackend } from '../backends/otherBackend';
import { ours } from './door';

/*
 * Kernels whose forward pass TF.js 4.22 gets wrong on a backend. A gradient taken there would be of something
 * that the model does not compute; so it is refused, by name.
 */

const DEFECTS: Defects = {
  ...windowDefects,
  ...productDefects,
  ...valueDefects,
  ...moveDefects,
  ...imageDefects,
  ...axisDefects,
};

/**
 * Why a kernel must not be explained on this backend; undefined where nothing is wrong.
 *
 * @param needed How errors call what runs the kernel.
 * @param input What is known of its inputs.
 */
export function brokenForward(
  invocation: KernelInvocation,
  needed: string,
  input: KnownInput = { isRelabelled: false, isNeverNegative: () => false, isCleared: () => false },
): Error | undefined {
  const { name: backend } = currentBackend();
  const defect = DEFECTS[invocation.kernelName]?.find(
    ({ backends, when }) => backends.includes(backend) && (when?.(invocation, input) ?? true),
  );
  if (!defect) return undefined;
  const other = otherBackend(defect.backends);
  return ours(
    new Error(
      `${needed} runs the kernel ${invocation.kernelName}, and TF.js computes ${defect.what} wrongly on the backend ` +
        `"${backend}"; ${other ?? 'do it in two steps'}`,
    ),
  );
}
