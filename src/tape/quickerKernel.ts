import { reshape, zeros } from '@tensorflow/tfjs-core';
import type { NamedAttrMap, Tensor } from '@tensorflow/tfjs-core';
import { onArrays } from '../backends/arrayKernel';
import type { ArrayKernel } from '../backends/arrayKernel';
import { currentBackend } from '../backends/backend';
import type { KernelInvocation } from '../backends/engine';
import { ensureKernel } from '../backends/ownKernel';
import { dataFormatOf, imageAxes } from '../gradients/axes';
import { CONVOLUTION } from '../gradients/convolution/convolveByRows';
import { DEPTHWISE } from '../gradients/convolution/depthwiseOnArrays';
import { isLarge } from '../gradients/convolution/isLarge';
import { isLargeMatrix, PRODUCT } from '../gradients/products/productByRows';
import type { Forms } from '../gradients/weight';
import { NOT_ACTIVATED, type Activated } from '../tensors/activate';
import { transposedRows } from '../tensors/transposedRows';

/** What a kernel of a program is given. */
interface Given {
  readonly inputs: Readonly<Record<string, Tensor | null | undefined>>;
  readonly attrs: NamedAttrMap;
  readonly forms: Forms;
  readonly activated: Activated;
}

/** The kernel in its place, and what that is given beside the bias; undefined where there is none. */
interface Quicker {
  readonly kernelName: string;
  readonly inputs: Readonly<Record<string, Tensor>>;
  readonly attrs?: object;
  /** How many columns the result has. */
  readonly width: number;
}

/**
 * What is carried out in place of a kernel of a program: on cpu convolutions and products of ours, several
 * times as fast as TF.js's, with their sums in double precision. It is written down as the kernel that it
 * stands for.
 */
export function quickerKernel(invocation: KernelInvocation, forms: Forms | undefined): KernelInvocation {
  const { kernelName, inputs, attrs = {} } = invocation;
  const find = QUICKER[kernelName];
  if (!find || !forms || !currentBackend().hasSlowProducts) return invocation;
  const activation = ACTIVATIONS[(attrs['activation'] as string | undefined) ?? 'linear'];
  const activated = activation?.(Number(attrs['leakyreluAlpha'] ?? 0));
  const found = activated && find({ inputs, attrs, forms, activated });
  const { bias } = inputs;
  if (!found || (bias && bias.size !== found.width)) return invocation;
  return {
    ...invocation,
    kernelName: found.kernelName,
    inputs: { ...found.inputs, bias: bias ?? zeros([found.width]) },
    attrs: { ...found.attrs, activated } as unknown as NamedAttrMap,
  };
}

function convolution({ inputs: { x, filter }, attrs, forms }: Given): Quicker | undefined {
  const axes = filter && x && axesOf(x, filter, attrs, forms);
  if (!axes) return undefined;
  const width = filter.shape[3] as number;
  const filters = forms.of(filter, 'rows', (weight) => transposedRows(reshape(weight, [-1, width])));
  return { kernelName: ensured(CONVOLUTION), inputs: { x, filters }, attrs: { axes }, width };
}

function depthwise({ inputs: { x, filter }, attrs, forms }: Given): Quicker | undefined {
  const axes = filter?.shape[3] === 1 && x ? axesOf(x, filter, attrs, forms) : undefined;
  if (!axes || !x || !filter) return undefined;
  return {
    kernelName: ensured(DEPTHWISE),
    inputs: { x, filter },
    attrs: { axes },
    width: filter.shape[2] as number,
  };
}

function axesOf(x: Tensor, filter: Tensor, attrs: NamedAttrMap, forms: Forms) {
  if (!forms.has(filter) || dataFormatOf(attrs) !== 'NHWC') return undefined;
  const axes = imageAxes(attrs as unknown as Parameters<typeof imageAxes>[0], x.shape, filter.shape);
  return isLarge(filter.size, axes) ? axes : undefined;
}

/** A product with one matrix for the whole batch. */
function product({ inputs: { a, b }, attrs, forms }: Given): Quicker | undefined {
  if (!a || !b || !forms.has(b) || attrs['transposeA'] === true || a.rank < b.rank) return undefined;
  const [depth, width] = b.shape.slice(-2) as [number, number];
  if (depth * width !== b.size || !isLargeMatrix(b.size)) return undefined;
  if (attrs['transposeB'] === true) {
    return { kernelName: ensured(PRODUCT), inputs: { a, rows: reshape(b, [depth, width]) }, width: depth };
  }
  const rows = forms.of(b, 'rows', (weight) => transposedRows(reshape(weight, [depth, width])));
  return { kernelName: ensured(PRODUCT), inputs: { a, rows }, width };
}

/** The name of a kernel that is there for the backend at work. */
function ensured<Inputs extends string, Attrs>(kernel: ArrayKernel<Inputs, Attrs>): string {
  ensureKernel(kernel.name, onArrays(kernel));
  return kernel.name;
}

const QUICKER: Readonly<Record<string, ((given: Given) => Quicker | undefined) | undefined>> = {
  Conv2D: convolution,
  FusedConv2D: convolution,
  DepthwiseConv2dNative: depthwise,
  FusedDepthwiseConv2D: depthwise,
  BatchMatMul: product,
  _FusedMatMul: product,
};

/** What becomes of the sums, by the name of a fused activation and the slope of a LeakyReLU. */
const ACTIVATIONS: Readonly<Record<string, ((alpha: number) => Activated) | undefined>> = {
  linear: () => NOT_ACTIVATED,
  relu: () => ({ ...NOT_ACTIVATED, slope: 0 }),
  relu6: () => ({ slope: 0, limit: 6 }),
  leakyrelu: (slope) => ({ ...NOT_ACTIVATED, slope }),
};
