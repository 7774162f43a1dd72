import { engine, eye, matMul, reshape, transpose, zeros } from '@tensorflow/tfjs-core';
import type { NamedAttrMap, Tensor, Tensor2D } from '@tensorflow/tfjs-core';
import { alongAxis } from './alongAxis';
import type { KernelCall, KernelGradient } from './kernelGradient';

/*
 * Resizing mixes pixels along each axis by a matrix M, [output, input], and so goes back by its transpose:
 *
 *   y = M x     dx = Mᵀ dy
 *
 * M is what the backend makes of the identity, so that it is right for every rounding and option. TF.js's own kernels
 * know no `halfPixelCenters`, and round otherwise than their forward pass; where that does not matter they are faster.
 */

/** The matrix of an axis, transposed. */
function mixing(call: KernelCall, input: number, output: number): Tensor2D {
  // along the rows of an image of one column, with a channel for each pixel
  const image = reshape(eye(input), [1, input, 1, input]);
  const resized = engine().runKernel<Tensor>(call.kernel, { images: image }, { ...call.attrs, size: [output, 1] });
  return transpose(reshape(resized, [output, input]));
}

function byMatrices(dy: Tensor, call: KernelCall): Tensor {
  const shape = call.shapes['images']!;
  return [1, 2].reduce<Tensor>((d, axis) => {
    const [input, output] = [shape[axis]!, d.shape[axis]!];
    const matrix = reshape(mixing(call, input, output), [1, input, output]);
    return alongAxis(d, axis, (along) => matMul(matrix, along));
  }, dy);
}

/** By TF.js's own kernel. On cpu it gives an image that is not square the wrong shape, but the right values. */
function byKernel(dy: Tensor, call: KernelCall): Tensor {
  const shape = call.shapes['images']!;
  const inputs = { dy, images: zeros(shape) };
  return reshape(engine().runKernel<Tensor>(`${call.kernel}Grad`, inputs, call.attrs as NamedAttrMap), shape);
}

/** Whether each pixel is repeated a whole number of times, whatever the rounding. */
function repeats({ attrs, shapes, outputShapes: [output = []] }: KernelCall): boolean {
  return attrs['alignCorners'] !== true && [1, 2].every((axis) => output[axis]! % shapes['images']![axis]! === 0);
}

const gradient = (kernel: string, hasKernel: (call: KernelCall) => boolean): KernelGradient => ({
  kernel,
  backward: (dy, call) => ({ images: () => (hasKernel(call) ? byKernel(dy, call) : byMatrices(dy, call)) }),
});

export const resizeGradients: readonly KernelGradient[] = [
  gradient('ResizeBilinear', ({ attrs }) => attrs['halfPixelCenters'] !== true),
  gradient('ResizeNearestNeighbor', repeats),
];
