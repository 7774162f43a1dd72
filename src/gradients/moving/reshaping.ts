import { reshape, zeros } from '@tensorflow/tfjs-core';
import type {
  CastAttrs,
  CastInputs,
  ExpandDimsAttrs,
  ExpandDimsInputs,
  IdentityInputs,
  ReshapeAttrs,
  ReshapeInputs,
} from '@tensorflow/tfjs-core';
import { kernelGradient, type KernelGradient } from '../kernelGradient';

/*
 * Kernels that hand their values on as they are. TF.js's own gradients are right but for Cast; they keep or
 * copy tensors for the sake of a shape.
 */

export const reshapingGradients: readonly KernelGradient[] = [
  kernelGradient<IdentityInputs>('Identity', {
    backward: (dy, { shapes }) => ({ x: () => reshape(dy, shapes.x) }),
  }),
  kernelGradient<ReshapeInputs, ReshapeAttrs>('Reshape', {
    backward: (dy, { shapes }) => ({ x: () => reshape(dy, shapes.x) }),
  }),
  kernelGradient<ExpandDimsInputs, ExpandDimsAttrs>('ExpandDims', {
    backward: (dy, { shapes }) => ({ input: () => reshape(dy, shapes.input) }),
  }),
  kernelGradient<CastInputs, CastAttrs>('Cast', {
    // nothing passes an integer or a boolean, as in TensorFlow
    backward: (dy, { attrs: { dtype }, shapes }) => ({
      x: () => (dtype === 'float32' ? dy : zeros(shapes.x)),
    }),
  }),
];
