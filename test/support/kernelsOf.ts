import type { Tensor } from '@tensorflow/tfjs-core';
import { tfEngine } from '../../src/backends/engine';

/**
 * The kernels that run in `body`, those of other kernels included; but the product of a fused one, which
 * tfjs-node runs as a kernel of its own, is no second product.
 */
export function kernelsOf(body: () => Tensor): string[] {
  const engine = tfEngine();
  const kernels: string[] = [];
  const runKernelFunc = engine.runKernelFunc.bind(engine);
  let isWithin = false;
  engine.runKernelFunc = (invocation) => {
    const { kernelName } = invocation;
    if (kernelName && !(isWithin && kernelName === 'BatchMatMul')) kernels.push(kernelName);
    const wasWithin = isWithin;
    isWithin = kernelName === '_FusedMatMul';
    try {
      return runKernelFunc(invocation);
    } finally {
      isWithin = wasWithin;
    }
  };
  try {
    body().dispose();
  } finally {
    delete (engine as Partial<typeof engine>).runKernelFunc;
  }
  return kernels;
}
