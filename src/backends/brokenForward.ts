import { currentBackend } from './backend';
import { axisDefects } from './defects/axisDefects';
import type { Defects, KnownInput } from './defects/defect';
import { imageDefects } from './defects/imageDefects';
import { moveDefects } from './defects/moveDefects';
import { productDefects } from './defects/productDefects';
import { valueDefects } from './defects/valueDefects';
import { windowDefects } from './defects/windowDefects';
import type { KernelInvocation } from './engine';
import { otherBackend } from './otherBackend';

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
  return new Error(
    `${needed} runs the kernel ${invocation.kernelName}, and TF.js computes ${defect.what} wrongly on the backend ` +
      `"${backend}"; ${other ?? 'do it in two steps'}`,
  );
}
