import { backend_util } from '@tensorflow/tfjs-core';
import type { DepthwiseConv2dNativeAttrs, Tensor, Tensor4D } from '@tensorflow/tfjs-core';
import type { KernelInvocation } from '../engine';
import { changesWithoutPadding, holdsPadding, mayHoldPadding } from '../texelPadding';
import type { PackedAxis } from '../texelPadding';
import type { Defect, KnownInput } from './defect';
import { pairOf } from './pairOf';

/*
 * Webgl multiplies texels, and sums over the padding of both operands where the inner axis is odd: a term too
 * much where neither has zeros there. What is uploaded has, and so have most weights. Whether this is so is
 * read back, of each weight once, and of what the kernel gives only where both have other numbers.
 */

/** Which axis of an input a kernel sums over. */
type Summed = Readonly<Record<string, PackedAxis>>;

/** Of matrix products. */
export const paddedProduct: Defect = {
  backends: ['webgl'],
  what: 'a product over an odd number of terms, both operands of which it has just computed,',
  when: (invocation, input) => {
    const { transposeA, transposeB } = invocation.attrs ?? {};
    const isLong = [invocation.inputs['a'], invocation.inputs['b']].every((x) => (x?.rank ?? 0) >= 2);
    return isLong && sumsPadding(invocation, input, { b: transposeB ? -1 : -2, a: transposeA ? -2 : -1 });
  },
};

/** Of 1×1 convolutions, which are products of matrices. */
export const paddedPointwise: Defect = {
  backends: ['webgl'],
  what: 'a 1×1 convolution of an odd number of channels, with a filter that it has just computed,',
  when: (invocation, input) => {
    const { filter } = invocation.inputs;
    const isPointwise = filter?.shape[0] === 1 && filter.shape[1] === 1;
    const isLast = invocation.attrs?.['dataFormat'] !== 'NCHW';
    return isPointwise && isLast && sumsPadding(invocation, input, { filter: -2, x: -1 });
  },
};

/** Of transposed convolutions. */
export const paddedTransposed: Defect = {
  backends: ['webgl'],
  what: 'a transposed convolution of an odd number of channels, with a filter that it has just computed,',
  when: (invocation, input) =>
    invocation.attrs?.['dataFormat'] !== 'NCHW' && sumsPadding(invocation, input, { filter: -1, dy: -1 }),
};

/** Of depthwise convolutions, which take the padding for a column of the image. */
export const paddedDepthwise: Defect = {
  backends: ['webgl'],
  what: 'a dilated depthwise convolution with padding, of an odd number of columns that it has just computed,',
  when: (invocation, input) => takesPaddingForColumn(invocation) && sumsPadding(invocation, input, { x: -2 }),
};

function sumsPadding(invocation: KernelInvocation, input: KnownInput, summed: Summed): boolean {
  const axes = Object.entries(summed);
  const operand = (name: string) => invocation.inputs[name] as Tensor;
  return (
    axes.every(([name, axis]) => mayHoldPadding(operand(name), axis) && !input.isCleared(name)) &&
    axes.every(([name, axis]) => holdsPadding(operand(name), axis)) &&
    changesWithoutPadding(invocation, Object.keys(summed))
  );
}

/** Where a column is read from the texel before, and that texel is the last one. */
function takesPaddingForColumn({ inputs: { x, filter }, attrs }: KernelInvocation): boolean {
  if (x?.rank !== 4 || filter?.rank !== 4) return false;
  const { strides, pad, dilations, dimRoundingMode } = attrs as unknown as DepthwiseConv2dNativeAttrs;
  const [, dilation] = pairOf(dilations) as [number, number];
  if (dilation === 1) return false;
  const { padInfo } = backend_util.computeConv2DInfo(
    x.shape as Tensor4D['shape'],
    filter.shape as Tensor4D['shape'],
    strides,
    dilations,
    pad,
    dimRoundingMode,
    true,
  );
  return (dilation + padInfo.left) % 2 === 1;
}
