import { backend_util } from '@tensorflow/tfjs-core';
import { currentBackend } from '../backends/backend';

/**
 * One spatial axis of a convolution, `y[o] = Σₖ w[k] x[o stride + k dilation − before]`, or of a pooling,
 * whose window is the kernel.
 */
export interface Axis {
  /** Which axis it is where channels are last. */
  readonly axis: number;
  /** Cells of x. */
  readonly input: number;
  /** Cells of y. */
  readonly output: number;
  /** Cells of the kernel, or of a window. */
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

/** The padding around x that a convolution reads; behind x it may be below 0: cells that no window covers. */
export function paddingOf({ input, output, kernel, stride, dilation, before }: Axis): [number, number] {
  return [before, (output - 1) * stride + (kernel - 1) * dilation + 1 - input - before];
}

/** Rows and columns of images. */
export type ImageAxes = readonly [Axis, Axis];

/** Depth, rows and columns of volumes. */
export type VolumeAxes = readonly [Axis, Axis, Axis];

type Shape = readonly number[];
type Shape4D = [number, number, number, number];
type Shape5D = [number, number, number, number, number];
type Sizes2D = number | [number, number];
type Sizes3D = number | [number, number, number];
type Rounding = 'floor' | 'round' | 'ceil';
type Padding = Parameters<typeof backend_util.computePool2DInfo>[4];

export type DataFormat = 'NHWC' | 'NCHW';

/** What a convolution of images is told; TF.js may say null for what is left out. */
interface ImageAttrs {
  readonly strides: Sizes2D;
  readonly dilations?: Sizes2D | null;
  readonly pad: Padding;
  readonly dimRoundingMode?: Rounding | null;
  readonly dataFormat?: DataFormat | null;
}

/** What a convolution of volumes is told. */
interface VolumeAttrs {
  readonly strides: Sizes3D;
  readonly dilations?: Sizes3D | null;
  readonly pad: 'valid' | 'same';
}

/** What a pooling is told. */
interface PoolingAttrs<Sizes, Padding> {
  readonly filterSize: Sizes;
  readonly strides: Sizes;
  readonly pad: Padding;
  readonly dimRoundingMode?: Rounding | null;
}

export function dataFormatOf({ dataFormat }: { readonly dataFormat?: DataFormat | null }): DataFormat {
  return dataFormat === 'NCHW' ? 'NCHW' : 'NHWC';
}

/** The axes of a convolution of images, as TF.js itself works them out from the kernel's attributes. */
export function imageAxes(attrs: ImageAttrs, xShape: Shape, filterShape: Shape): ImageAxes {
  return axesOfImages(
    backend_util.computeConv2DInfo(
      xShape as Shape4D,
      filterShape as Shape4D,
      attrs.strides,
      attrs.dilations ?? 1,
      attrs.pad,
      attrs.dimRoundingMode ?? undefined,
      false,
      backend_util.convertConv2DDataFormat(dataFormatOf(attrs)),
    ),
  );
}

/** The axes of a convolution of volumes. */
export function volumeAxes(attrs: VolumeAttrs, xShape: Shape, filterShape: Shape): VolumeAxes {
  return axesOfVolumes(
    backend_util.computeConv3DInfo(
      xShape as Shape5D,
      filterShape as Shape5D,
      attrs.strides,
      attrs.dilations ?? 1,
      attrs.pad,
    ),
  );
}

/** The axes that images are pooled along. */
export function pooledImageAxes(attrs: PoolingAttrs<Sizes2D, Padding>, xShape: Shape): ImageAxes {
  const { filterSize, strides, pad, dimRoundingMode: rounding } = attrs;
  return axesOfImages(
    backend_util.computePool2DInfo(xShape as Shape4D, filterSize, strides, 1, pad, rounding ?? undefined),
  );
}

/** The axes that volumes are pooled along. */
export function pooledVolumeAxes(
  attrs: PoolingAttrs<Sizes3D, 'valid' | 'same' | number>,
  xShape: Shape,
): VolumeAxes {
  const { filterSize, strides, pad, dimRoundingMode: rounding } = attrs;
  return axesOfVolumes(
    backend_util.computePool3DInfo(xShape as Shape5D, filterSize, strides, 1, pad, rounding ?? undefined),
  );
}

function axesOfImages(info: backend_util.Conv2DInfo): ImageAxes {
  const { top, left } = info.padInfo;
  return [axisOf(info, 'Height', 1, top), axisOf(info, 'Width', 2, left)];
}

function axesOfVolumes(info: backend_util.Conv3DInfo): VolumeAxes {
  const { front, top, left } = info.padInfo;
  return [
    axisOf(info, 'Depth', 1, applied(front)),
    axisOf(info, 'Height', 2, applied(top)),
    axisOf(info, 'Width', 3, applied(left)),
  ];
}

function axisOf<Along extends string>(
  info: Readonly<Record<`${'in' | 'out' | 'filter' | 'stride' | 'dilation'}${Along}`, number>>,
  along: Along,
  axis: number,
  before: number,
): Axis {
  return {
    axis,
    input: info[`in${along}` as const],
    output: info[`out${along}` as const],
    kernel: info[`filter${along}` as const],
    stride: info[`stride${along}` as const],
    dilation: info[`dilation${along}` as const],
    before,
  };
}

/** A padding of volumes as the backend applies it: not every one knows a negative one. */
function applied(before: number): number {
  return currentBackend().padsFromZero ? Math.max(0, before) : before;
}
