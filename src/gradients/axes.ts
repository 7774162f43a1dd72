import { backend_util } from '@tensorflow/tfjs-core';
import { currentBackend } from '../backends/backend';

/** One spatial axis of a convolution: `y[o] = Σₖ w[k] x[o stride + k dilation − before]`. */
export interface Axis {
  /** Cells of x. */
  readonly input: number;
  /** Cells of y. */
  readonly output: number;
  readonly kernel: number;
  readonly stride: number;
  readonly dilation: number;
  /** Cells of padding in front of x; what is behind it follows from the rest. */
  readonly before: number;
}

/** Whether each cell of y comes from the same cell of x alone. */
export function isOneCell({ input, output, kernel, stride, before }: Axis): boolean {
  return kernel === 1 && stride === 1 && before === 0 && input === output;
}

export type DataFormat = 'NHWC' | 'NCHW';

/** The padding around x that a convolution reads; behind x it may be below 0: cells that no window covers. */
export function paddingOf({ input, output, kernel, stride, dilation, before }: Axis): [number, number] {
  return [before, (output - 1) * stride + (kernel - 1) * dilation + 1 - input - before];
}

type Attrs = Readonly<Record<string, unknown>>;
type Shape = readonly number[];
type Rounding = 'floor' | 'round' | 'ceil';
type Shape4D = [number, number, number, number];
type Shape5D = [number, number, number, number, number];

export function dataFormatOf(attrs: Attrs): DataFormat {
  return attrs['dataFormat'] === 'NCHW' ? 'NCHW' : 'NHWC';
}

/** Rows and columns of a convolution of images. */
export type ImageAxes = readonly [Axis, Axis];

/** Depth, rows and columns of a convolution of volumes. */
export type VolumeAxes = readonly [Axis, Axis, Axis];

/** The axes of a convolution of images, as TF.js itself works them out from the kernel's attributes. */
export function imageAxes(attrs: Attrs, xShape: Shape, filterShape: Shape): ImageAxes {
  const info = backend_util.computeConv2DInfo(
    xShape as Shape4D,
    filterShape as Shape4D,
    attrs['strides'] as number | [number, number],
    (attrs['dilations'] ?? 1) as number | [number, number],
    attrs['pad'] as Parameters<typeof backend_util.computeConv2DInfo>[4],
    (attrs['dimRoundingMode'] ?? undefined) as Rounding | undefined,
    false,
    backend_util.convertConv2DDataFormat(dataFormatOf(attrs)),
  );
  return [
    {
      input: info.inHeight,
      output: info.outHeight,
      kernel: info.filterHeight,
      stride: info.strideHeight,
      dilation: info.dilationHeight,
      before: info.padInfo.top,
    },
    {
      input: info.inWidth,
      output: info.outWidth,
      kernel: info.filterWidth,
      stride: info.strideWidth,
      dilation: info.dilationWidth,
      before: info.padInfo.left,
    },
  ];
}

/** The axes of a convolution of volumes. */
export function volumeAxes(attrs: Attrs, xShape: Shape, filterShape: Shape): VolumeAxes {
  const info = backend_util.computeConv3DInfo(
    xShape as Shape5D,
    filterShape as Shape5D,
    attrs['strides'] as number | [number, number, number],
    (attrs['dilations'] ?? 1) as number | [number, number, number],
    attrs['pad'] as 'valid' | 'same',
  );
  const { front, top, left } = info.padInfo;
  return [
    {
      input: info.inDepth,
      output: info.outDepth,
      kernel: info.filterDepth,
      stride: info.strideDepth,
      dilation: info.dilationDepth,
      before: applied(front),
    },
    {
      input: info.inHeight,
      output: info.outHeight,
      kernel: info.filterHeight,
      stride: info.strideHeight,
      dilation: info.dilationHeight,
      before: applied(top),
    },
    {
      input: info.inWidth,
      output: info.outWidth,
      kernel: info.filterWidth,
      stride: info.strideWidth,
      dilation: info.dilationWidth,
      before: applied(left),
    },
  ];
}

/**
 * TF.js gives `same` a negative padding in 3d where the stride is larger than the kernel, and its own kernels
 * skip cells accordingly; the kernels of TensorFlow work the padding out themselves, and never below 0.
 */
function applied(before: number): number {
  return currentBackend().padsFromZero ? Math.max(0, before) : before;
}
