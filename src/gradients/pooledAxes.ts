import { backend_util } from '@tensorflow/tfjs-core';
import { currentBackend } from '../backends/backend';
import type { KernelCall } from './kernelGradient';

/** How one axis is pooled. The first window begins `before` cells ahead of the first cell. */
export interface PooledAxis {
  readonly axis: number;
  readonly input: number;
  readonly output: number;
  readonly window: number;
  readonly stride: number;
  readonly before: number;
}

type Rounding = 'floor' | 'round' | 'ceil';

/** The axes that a pooling kernel pools, from the outer one to the inner one. */
export function pooledAxes({ shapes, attrs }: KernelCall): PooledAxis[] {
  const shape = shapes['x']!;
  const [pad, rounding] = [attrs['pad'] as 'same' | 'valid' | number, attrs['dimRoundingMode'] as Rounding];
  if (shape.length === 4) {
    const info = backend_util.computePool2DInfo(
      shape as [number, number, number, number],
      attrs['filterSize'] as [number, number],
      attrs['strides'] as [number, number],
      1,
      pad,
      rounding,
    );
    return [
      axis(1, info.inHeight, info.outHeight, info.filterHeight, info.strideHeight, info.padInfo.top),
      axis(2, info.inWidth, info.outWidth, info.filterWidth, info.strideWidth, info.padInfo.left),
    ];
  }
  const info = backend_util.computePool3DInfo(
    shape as [number, number, number, number, number],
    attrs['filterSize'] as [number, number, number],
    attrs['strides'] as [number, number, number],
    1,
    pad,
    rounding,
  );
  return [
    axis(1, info.inDepth, info.outDepth, info.filterDepth, info.strideDepth, info.padInfo.front),
    axis(2, info.inHeight, info.outHeight, info.filterHeight, info.strideHeight, info.padInfo.top),
    axis(3, info.inWidth, info.outWidth, info.filterWidth, info.strideWidth, info.padInfo.left),
  ];
}

function axis(
  axis: number,
  input: number,
  output: number,
  window: number,
  stride: number,
  before: number,
): PooledAxis {
  // a stride larger than the window gives TF.js, not TensorFlow, a negative padding in three dimensions
  const padded = currentBackend().padsFromZero ? Math.max(before, 0) : before;
  return { axis, input, output, window, stride, before: padded };
}
