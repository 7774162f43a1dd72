import { getKernel, registerKernel } from '@tensorflow/tfjs-core';
import type { KernelConfig, KernelFunc } from '@tensorflow/tfjs-core';
import { currentBackend } from './backend';

/** Whether the backend at work has a kernel. */
export function hasKernel(kernelName: string): boolean {
  // undefined where there is none, whatever its type says
  return (getKernel(kernelName, currentBackend().name) as KernelConfig | undefined) !== undefined;
}

/** Registers a kernel of our own for the backend at work, unless it is. */
export function ensureKernel(kernelName: string, kernelFunc: KernelFunc): void {
  if (!hasKernel(kernelName)) {
    registerKernel({ kernelName, backendName: currentBackend().name, kernelFunc });
  }
}
