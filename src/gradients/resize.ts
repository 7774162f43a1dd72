import { avgPool, engine, eye, matMul, mul, reshape, transpose, zeros } from '@tensorflow/tfjs-core';
import type { NamedAttrMap, Tensor, Tensor2D, Tensor3D, Tensor4D } from '@tensorflow/tfjs-core';
import { alongAxis } from './alongAxis';
import type { KernelCall, KernelGradient } from './kernelGradient';

/*
 * Resizing mixes pixels along each axis by a matrix M, [output, input], and so goes back by its transpose:
 *
 *   y = M x     dx = Mᵀ dy
 *
 * M is what the backend makes of the identity, so that it is right for every rounding and option. TF.js's own kernels
 * know no `halfPixelCenters`, and the one for nearest pixels is wrong on cpu; bilinear ones are faster where they do.
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

/** Where each pixel is repeated a whole number of times: the sum over its copies. */
function byRepetition(dy: Tensor, call: KernelCall): Tensor {
  const shape = call.shapes['images']!;
  return [1, 2].reduce<Tensor>((d, axis) => {
    const times = d.shape[axis]! / shape[axis]!;
    return times === 1 ? d : alongAxis(d, axis, (along) => sums(along, times));
  }, dy);
}

function sums(x: Tensor3D, count: number): Tensor3D {
  const [outer, length, inner] = x.shape;
  const averages = avgPool<Tensor4D>(reshape(x, [outer, length, 1, inner]), [count, 1], [count, 1], 'valid');
  return mul(reshape(averages, [outer, length / count, inner]), count);
}

/** Not where a single row or column is stretched between corners, which on GPUs divides by zero. */
function hasKernel({ attrs, shapes }: KernelCall): boolean {
  return attrs['halfPixelCenters'] !== true && !(attrs['alignCorners'] === true && shapes['images']!.slice(1, 3).includes(1));
}

function repeats({ attrs, shapes, outputShapes: [output = []] }: KernelCall): boolean {
  return attrs['alignCorners'] !== true && [1, 2].every((axis) => output[axis]! % shapes['images']![axis]! === 0);
}

const gradient = (kernel: string, toImages: (dy: Tensor, call: KernelCall) => Tensor): KernelGradient => ({
  kernel,
  backward: (dy, call) => ({ images: () => toImages(dy, call) }),
});

export const resizeGradients: readonly KernelGradient[] = [
  gradient('ResizeBilinear', (dy, call) =>
    hasKernel(call) ? byKernel(dy, call) : byMatrices(dy, call),
  ),
  gradient('ResizeNearestNeighbor', (dy, call) => (repeats(call) ? byRepetition(dy, call) : byMatrices(dy, call))),
];
