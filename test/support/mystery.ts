import {
  backend,
  engine,
  getBackend,
  registerGradient,
  registerKernel,
  unregisterGradient,
  unregisterKernel,
  type GradConfig,
  type Tensor,
  type TensorInfo,
} from '@tensorflow/tfjs-core';

/** A kernel that nobody knows: it gives back its input `x`. Runs inside `withMystery` only. */
export function mystery(x: Tensor): Tensor {
  return engine().runKernel('Mystery', { x });
}

/** Registers the kernel, perhaps with a gradient, for the time of `body`, which is not async. */
export function withMystery<T>(gradFunc: GradConfig['gradFunc'] | undefined, body: () => T): T {
  const names = { kernelName: 'Mystery', backendName: getBackend() };
  registerKernel({
    ...names,
    kernelFunc: ({ inputs }) => {
      const { dataId, shape, dtype } = inputs['x'] as TensorInfo;
      backend().incRef(dataId);
      return { dataId, shape, dtype };
    },
  });
  if (gradFunc) registerGradient({ kernelName: names.kernelName, gradFunc });
  try {
    return body();
  } finally {
    unregisterKernel(names.kernelName, names.backendName);
    if (gradFunc) unregisterGradient(names.kernelName);
  }
}
