import { eye, mul, reshape, sum, transpose } from '@tensorflow/tfjs-core';
import type { DepthToSpaceAttrs, DepthToSpaceInputs, DiagInputs, Tensor } from '@tensorflow/tfjs-core';
import { kernelGradient, type KernelGradient } from '../kernelGradient';

/*
 * Kernels that put each value elsewhere.
 */

/** Blocks of pixels, [batch, height · b, width · b, channels], back into the channels of one pixel each. */
function toDepth(dy: Tensor, { blockSize: b, dataFormat }: DepthToSpaceAttrs): Tensor {
  const first = dataFormat === 'NCHW';
  const image = first ? transpose(dy, [0, 2, 3, 1]) : dy;
  const [batch = 0, height = 0, width = 0, channels = 0] = image.shape;
  const rows = reshape(image, [(batch * height) / b, b, width / b, b * channels]);
  const depth = reshape(transpose(rows, [0, 2, 1, 3]), [batch, height / b, width / b, b * b * channels]);
  return first ? transpose(depth, [0, 3, 1, 2]) : depth;
}

/** The diagonal. */
function toDiagonal(dy: Tensor, shape: number[]): Tensor {
  const n = shape.reduce((product, size) => product * size, 1);
  return reshape(sum(mul(reshape(dy, [n, n]), eye(n)), 1), shape);
}

export const rearrangingGradients: readonly KernelGradient[] = [
  kernelGradient<DepthToSpaceInputs, DepthToSpaceAttrs>('DepthToSpace', {
    backward: (dy, { attrs }) => ({ x: () => toDepth(dy, attrs) }),
  }),
  kernelGradient<DiagInputs>('Diag', {
    backward: (dy, { shapes }) => ({ x: () => toDiagonal(dy, shapes.x) }),
  }),
];
