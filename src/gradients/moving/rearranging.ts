import {
  backend_util,
  batchToSpaceND,
  eye,
  mul,
  reshape,
  reverse,
  spaceToBatchND,
  sum,
  transpose,
} from '@tensorflow/tfjs-core';
import type {
  BatchToSpaceNDAttrs,
  BatchToSpaceNDInputs,
  DepthToSpaceAttrs,
  DepthToSpaceInputs,
  DiagInputs,
  ReverseAttrs,
  ReverseInputs,
  SpaceToBatchNDAttrs,
  SpaceToBatchNDInputs,
  Tensor,
  TransposeAttrs,
  TransposeInputs,
} from '@tensorflow/tfjs-core';
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
  kernelGradient<TransposeInputs, TransposeAttrs>('Transpose', {
    backward: (dy, { attrs }) => ({
      x: () => transpose(dy, backend_util.getUndoAxesPermutation(attrs.perm)),
    }),
  }),
  kernelGradient<ReverseInputs, ReverseAttrs>('Reverse', {
    backward: (dy, { attrs }) => ({ x: () => reverse(dy, attrs.dims) }),
  }),
  kernelGradient<SpaceToBatchNDInputs, SpaceToBatchNDAttrs>('SpaceToBatchND', {
    backward: (dy, { attrs }) => ({ x: () => batchToSpaceND(dy, attrs.blockShape, attrs.paddings) }),
  }),
  kernelGradient<BatchToSpaceNDInputs, BatchToSpaceNDAttrs>('BatchToSpaceND', {
    backward: (dy, { attrs }) => ({ x: () => spaceToBatchND(dy, attrs.blockShape, attrs.crops) }),
  }),
  kernelGradient<DepthToSpaceInputs, DepthToSpaceAttrs>('DepthToSpace', {
    backward: (dy, { attrs }) => ({ x: () => toDepth(dy, attrs) }),
  }),
  kernelGradient<DiagInputs>('Diag', {
    backward: (dy, { shapes }) => ({ x: () => toDiagonal(dy, shapes.x) }),
  }),
];
