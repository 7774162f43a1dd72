import { reshape, zeros } from '@tensorflow/tfjs-core';
import type { KernelGradient } from '../kernelGradient';

/*
 * Kernels that hand their values on as they are. TF.js's own gradients are right but for Cast; they keep or
 * copy tensors for the sake of a shape.
 */

const handedOn = (kernel: string, input = 'x'): KernelGradient => ({
  kernel,
  backward: (dy, call) => ({ [input]: () => reshape(dy, call.shapes[input]!) }),
});

export const reshapingGradients: readonly KernelGradient[] = [
  handedOn('Identity'),
  handedOn('Reshape'),
  handedOn('ExpandDims', 'input'),
  {
    kernel: 'Cast',
    // nothing passes an integer or a boolean, as in TensorFlow; complex numbers have no gradients here
    backward: (dy, call) =>
      call.attrs['dtype'] === 'complex64'
        ? {}
        : { x: () => (call.attrs['dtype'] === 'float32' ? dy : zeros(call.shapes['x']!)) },
  },
];
