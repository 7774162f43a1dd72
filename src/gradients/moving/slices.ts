import { add, reshape, reverse, slice_util, zeros, type Tensor, type Tensor3D } from '@tensorflow/tfjs-core';
import { alongAxis, interleaveZeros, span } from '../../tensors/alongAxis';
import type { KernelCall, KernelGradient } from '../kernelGradient';
import { COPY, windowOf, type Copy } from '../../tensors/window';

/*
 * Parts of a tensor, and paddings around it.
 */

interface StridedSlice {
  readonly begin: number[];
  readonly end: number[];
  readonly strides: number[];
  readonly beginMask: number;
  readonly endMask: number;
  readonly ellipsisMask: number;
  readonly newAxisMask: number;
  readonly shrinkAxisMask: number;
}

function toSliced(dy: Tensor, call: KernelCall): Tensor {
  const shape = call.shapes['x']!;
  const [begin = []] = slice_util.parseSliceParams(
    { shape, dtype: 'float32', dataId: {} },
    call.attrs['begin'] as number[],
    call.attrs['size'] as number[],
  );
  return windowOf(
    dy,
    begin.map((cell) => -cell),
    shape,
  );
}

function toStrided(dy: Tensor, call: KernelCall): Tensor {
  const shape = call.shapes['x']!;
  const told = call.attrs as unknown as StridedSlice;
  const { begin, strides, end } = slice_util.sliceInfo(
    shape,
    told.begin,
    told.end,
    told.strides,
    told.beginMask,
    told.endMask,
    told.ellipsisMask,
    told.newAxisMask,
    told.shrinkAxisMask,
  );
  const sizes = slice_util.computeOutShape(begin, end, strides).map((size) => Math.max(size, 0));
  if (dy.size === 0) return zeros(shape);
  const parts = reshape(dy, sizes);
  if (strides.every((stride) => stride === 1))
    return windowOf(
      parts,
      begin.map((cell) => -cell),
      shape,
    );
  return shape.reduce<Tensor>((d, length, axis) => {
    const [from, stride] = [begin[axis]!, strides[axis]!];
    return alongAxis(d, axis, (along) => spreadAlong(along, from, stride, length));
  }, parts);
}

function spreadAlong(dy: Tensor3D, begin: number, stride: number, length: number): Tensor3D {
  if (stride > 0) return span(interleaveZeros(dy, stride), -begin, length);
  const last = begin + (dy.shape[1] - 1) * stride;
  return span(interleaveZeros(reverse(dy, 1), -stride), -last, length);
}

type Paddings = readonly (readonly [number, number])[];

function toPadded(dy: Tensor, call: KernelCall): Tensor {
  const before = (call.attrs['paddings'] as Paddings).map(([zeros]) => zeros);
  return windowOf(dy, before, call.shapes['x']!);
}

/** The inside, and each mirror image where it is an image of. */
function toMirrored(dy: Tensor, call: KernelCall): Tensor {
  const paddings = call.attrs['paddings'] as Paddings;
  const edge = call.attrs['mode'] === 'reflect' ? 1 : 0; // the outermost cell has no image next to it
  return call.shapes['x']!.reduce<Tensor>((d, length, axis) => {
    const [before, after] = paddings[axis]!;
    const image = (along: Tensor3D, begin: number, size: number, at: number) =>
      size === 0 ? [] : [span(reverse(span(along, begin, size), 1), -at, length)];
    return alongAxis(d, axis, (along) =>
      [
        ...image(along, 0, before, edge),
        ...image(along, before + length, after, length - edge - after),
      ].reduce((sum, part) => add(sum, part), span(along, before, length)),
    );
  }, dy);
}

const gradient = (kernel: string, toX: (dy: Tensor, call: KernelCall) => Tensor): KernelGradient => ({
  kernel,
  backward: (dy, call) => ({ x: () => toX(dy, call) }),
});

export const sliceGradients: readonly KernelGradient[] = [
  gradient('Slice', toSliced),
  gradient('StridedSlice', toStrided),
  gradient('PadV2', toPadded),
  gradient('MirrorPad', toMirrored),
];

/** For gradients of gradients. */
export const windowGradients: readonly KernelGradient[] = [
  {
    kernel: COPY.name,
    backward: (dy, call) => ({
      x: () => {
        const { extents } = call.attrs as unknown as Copy;
        return windowOf(
          dy,
          extents.map((e) => -e.begin),
          call.shapes['x']!,
        );
      },
    }),
  },
];
