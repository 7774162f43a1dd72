import { add, reshape, reverse, slice_util, zeros } from '@tensorflow/tfjs-core';
import type {
  MirrorPadAttrs,
  MirrorPadInputs,
  PadV2Attrs,
  PadV2Inputs,
  SliceAttrs,
  SliceInputs,
  StridedSliceAttrs,
  StridedSliceInputs,
  Tensor,
  Tensor3D,
} from '@tensorflow/tfjs-core';
import { alongAxis, interleaveZeros, span } from '../../tensors/alongAxis';
import type { InputsOf } from '../../backends/arrayKernel';
import { kernelGradient, type KernelGradient } from '../kernelGradient';
import { COPY, windowOf, type Copy } from '../../tensors/window';

/*
 * Parts of a tensor, and paddings around it.
 */

function toSliced(dy: Tensor, shape: number[], told: SliceAttrs): Tensor {
  const x = { shape, dtype: 'float32', dataId: {} } as const;
  const [begin = []] = slice_util.parseSliceParams(x, told.begin, told.size);
  return movedBack(dy, begin, shape);
}

function toStrided(dy: Tensor, shape: number[], told: StridedSliceAttrs): Tensor {
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
  if (strides.every((stride) => stride === 1)) return movedBack(parts, begin, shape);
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

function toPadded(dy: Tensor, shape: number[], { paddings }: PadV2Attrs): Tensor {
  return windowOf(
    dy,
    paddings.map(([before]) => before),
    shape,
  );
}

/** The inside, and each mirror image where it is an image of. */
function toMirrored(dy: Tensor, shape: number[], { paddings, mode }: MirrorPadAttrs): Tensor {
  const edge = mode === 'reflect' ? 1 : 0; // the outermost cell has no image next to it
  return shape.reduce<Tensor>((d, length, axis) => {
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

export const sliceGradients: readonly KernelGradient[] = [
  kernelGradient<SliceInputs, SliceAttrs>('Slice', {
    backward: (dy, { attrs, shapes }) => ({ x: () => toSliced(dy, shapes.x, attrs) }),
  }),
  kernelGradient<StridedSliceInputs, StridedSliceAttrs>('StridedSlice', {
    backward: (dy, { attrs, shapes }) => ({ x: () => toStrided(dy, shapes.x, attrs) }),
  }),
  kernelGradient<PadV2Inputs, PadV2Attrs>('PadV2', {
    backward: (dy, { attrs, shapes }) => ({ x: () => toPadded(dy, shapes.x, attrs) }),
  }),
  kernelGradient<MirrorPadInputs, MirrorPadAttrs>('MirrorPad', {
    backward: (dy, { attrs, shapes }) => ({ x: () => toMirrored(dy, shapes.x, attrs) }),
  }),
];

/** For gradients of gradients. */
export const windowGradients: readonly KernelGradient[] = [
  kernelGradient<InputsOf<typeof COPY>, Copy>(COPY.name, {
    backward: (dy, { attrs: { extents }, shapes }) => ({
      x: () =>
        movedBack(
          dy,
          extents.map((e) => e.begin),
          shapes.x,
        ),
    }),
  }),
];

/** What came from `begin` on, at its place again. */
function movedBack(dy: Tensor, begin: readonly number[], shape: readonly number[]): Tensor {
  return windowOf(
    dy,
    begin.map((cell) => -cell),
    shape,
  );
}
