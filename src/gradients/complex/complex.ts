import {
  add,
  complex,
  div,
  imag,
  mul,
  real,
  reshape,
  spectral,
  zeros,
  zerosLike,
} from '@tensorflow/tfjs-core';
import type {
  ComplexAbsInputs,
  ComplexInputs,
  FFTInputs,
  IFFTInputs,
  ImagInputs,
  RealInputs,
  Tensor,
} from '@tensorflow/tfjs-core';
import { equalMask } from '../../tensors/masking';
import { kernelGradient, type KernelGradient } from '../kernelGradient';

/*
 * Complex numbers. The gradient of a real number with respect to z = a + ib is
 *
 *   dz = ∂S/∂a + i ∂S/∂b
 *
 * as in TensorFlow and PyTorch. A Fourier transform is the product with a symmetric matrix F, and so its
 * gradient is that with its conjugate:
 *
 *   y = F x        dx = F* dy = n IFFT(dy)
 *   y = F* x / n   dx = F dy / n = FFT(dy) / n
 */

/**
 * The parts of a complex tensor, in its shape or another: TF.js's own are shaped as their data were before,
 * or after, some reshape of the tensor.
 */
export function partsOf(z: Tensor, shape: number[] = z.shape): [Tensor, Tensor] {
  return [reshape(real(z), shape), reshape(imag(z), shape)];
}

/** A complex tensor times a real one. */
function times(z: Tensor, factor: Tensor | number): Tensor {
  const [re, im] = partsOf(z);
  return complex(mul(re, factor), mul(im, factor));
}

const lengthOf = ({ shape }: Tensor): number => shape[shape.length - 1] ?? 1;

export const complexGradients: readonly KernelGradient[] = [
  kernelGradient<ComplexInputs>('Complex', {
    backward: (dy, { shapes }) => ({
      real: () => partsOf(dy, shapes.real)[0],
      imag: () => partsOf(dy, shapes.imag)[1],
    }),
  }),
  kernelGradient<RealInputs>('Real', {
    backward: (dy, { shapes }) => ({ input: () => complex(reshape(dy, shapes.input), zeros(shapes.input)) }),
  }),
  kernelGradient<ImagInputs>('Imag', {
    backward: (dy, { shapes }) => ({ input: () => complex(zeros(shapes.input), reshape(dy, shapes.input)) }),
  }),
  // |z|′ = z / |z|, and 0 at 0
  kernelGradient<ComplexAbsInputs>('ComplexAbs', {
    needs: { x: ['x', 'output'] },
    backward: (dy, call) => ({
      x: () => {
        const size = call.saved('output');
        const factor = div(dy, add(size, equalMask(size, zerosLike(size))));
        return times(call.saved('x'), reshape(factor, call.shapes.x));
      },
    }),
  }),
  kernelGradient<FFTInputs>('FFT', {
    backward: (dy) => ({ input: () => times(spectral.ifft(dy), lengthOf(dy)) }),
  }),
  kernelGradient<IFFTInputs>('IFFT', {
    backward: (dy) => ({ input: () => times(spectral.fft(dy), 1 / lengthOf(dy)) }),
  }),
];
