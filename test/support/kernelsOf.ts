import type { Tensor } from '@tensorflow/tfjs-core';
import { tfEngine } from '../../src/backends/engine';

/** The kernels that run in `body`, those of other kernels included. */
export function kernelsOf(body: () => Tensor): string[] {
  const engine = tfEngine();
  const kernels: string[] = [];
  const runKernelFunc = engine.runKernelFunc.bind(engine);
  engine.runKernelFunc = (invocation) => {
    if (invocation.kernelName) kernels.push(invocation.kernelName);
    return runKernelFunc(invocation);
  };
  try {
    body().dispose();
  } finally {
    delete (engine as Partial<typeof engine>).runKernelFunc;
  }
  return kernels;
}
