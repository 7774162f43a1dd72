import { reshape, tidy, zeros } from '@tensorflow/tfjs-core';
import type { NamedAttrMap, NamedTensorMap, Tensor } from '@tensorflow/tfjs-core';
import { onArrays } from '../backends/arrayKernel';
import type { ArrayKernel } from '../backends/arrayKernel';
import { currentBackend } from '../backends/backend';
import type { KernelInvocation } from '../backends/engine';
import { isReachable } from '../backends/memory';
import { ensureKernel } from '../backends/ownKernel';
import { dataFormatOf, imageAxes } from '../gradients/axes';
import type { ImageAxes } from '../gradients/axes';
import { CONVOLUTION_BACK } from '../gradients/convolution/convolveBackByRows';
import { CONVOLUTION } from '../gradients/convolution/convolveByRows';
import { DEPTHWISE } from '../gradients/convolution/depthwiseOnArrays';
import { isLarge } from '../gradients/convolution/isLarge';
import { areLargeBatches, BATCHES } from '../gradients/products/batchesByRows';
import { isLargeMatrix, PRODUCT } from '../gradients/products/productByRows';
import type { Forms } from '../gradients/weight';
import { NOT_ACTIVATED, type Activated } from '../tensors/activate';
import { TILED } from '../tensors/tiled';
import { transposedRows } from '../tensors/transposedRows';

/** What a kernel of a program is given. */
interface Given {
  readonly inputs: Readonly<Record<string, Tensor | null | undefined>>;
  readonly attrs: NamedAttrMap;
  readonly forms: Forms;
}

/** A kernel in its place; undefined where there is none. */
type Quicker = { readonly name: string; readonly inputs: NamedTensorMap; readonly attrs: object } | undefined;

/**
 * Carries out a kernel of a program, or another in its place: on cpu convolutions and products of ours,
 * several times as fast as TF.js's, with their sums in double precision; there and on wasm repetitions. It is
 * written down as the one that it stands for.
 */
export function carriedOutQuicker(
  invocation: KernelInvocation,
  forms: Forms | undefined,
  carryOut: (invocation: KernelInvocation) => Tensor | Tensor[],
): Tensor | Tensor[] {
  const { kernelName, inputs, attrs = {} } = invocation;
  const quicker = currentBackend().hasSlowProducts ? QUICKER[kernelName] : QUICKER_ALIKE[kernelName];
  if (!quicker || !forms) return carryOut(invocation);
  // what is made of a filter for this run alone goes with it
  return tidy(() => {
    const found = quicker({ inputs, attrs, forms });
    if (!found) return carryOut(invocation);
    const { name, inputs: given, attrs: told } = found;
    return carryOut({ ...invocation, kernelName: name, inputs: given, attrs: told as NamedAttrMap });
  });
}

function convolution(given: Given): Quicker {
  const { x, filter } = given.inputs;
  const axes = x && filter && axesOf(given, x.shape, filter);
  const width = filter?.shape[3] ?? 0;
  const end = axes && endOf(given, width);
  if (!end) return undefined;
  const filters = given.forms.of(filter, 'rows', (weight) => transposedRows(reshape(weight, [-1, width])));
  return ofKernel(CONVOLUTION, { x, filters, bias: end.bias }, { axes, activated: end.activated });
}

function depthwise(given: Given): Quicker {
  const { x, filter } = given.inputs;
  const axes = x && filter?.shape[3] === 1 ? axesOf(given, x.shape, filter) : undefined;
  const end = axes && filter && endOf(given, filter.shape[2] ?? 0);
  if (!end || !x) return undefined;
  return ofKernel(DEPTHWISE, { x, filter, bias: end.bias }, { axes, activated: end.activated });
}

/** A transposed convolution is what goes back through a convolution. */
function transposedConvolution(given: Given): Quicker {
  const { dy, filter } = given.inputs;
  const axes = dy && filter ? axesOf(given, given.attrs['inputShape'] as number[], filter) : undefined;
  return axes && dy && filter ? ofKernel(CONVOLUTION_BACK, { dy, filter }, { axes }) : undefined;
}

/** The axes of a convolution by a weight, where it is one for our kernels. */
function axesOf({ attrs, forms }: Given, xShape: readonly number[], filter: Tensor): ImageAxes | undefined {
  if (!forms.has(filter) || dataFormatOf(attrs) !== 'NHWC') return undefined;
  const axes = imageAxes(attrs as unknown as Parameters<typeof imageAxes>[0], xShape, filter.shape);
  return isLarge(filter.size, axes) ? axes : undefined;
}

function product(given: Given): Quicker {
  const { a, b } = given.inputs;
  const transposeA = given.attrs['transposeA'] === true;
  const transposeB = given.attrs['transposeB'] === true;
  if (!a || !b) return undefined;
  const [depth, width] = b.shape.slice(-2) as [number, number];
  const columns = transposeB ? depth : width;
  const end = endOf(given, columns);
  if (!given.forms.has(b)) {
    const isPlain = end?.activated === NOT_ACTIVATED && !given.inputs['bias'];
    return isPlain && areLargeBatches(a, b)
      ? ofKernel(BATCHES, { a, b }, { transposeA, transposeB })
      : undefined;
  }
  // one matrix for the whole batch
  const isOne = depth * width === b.size && a.rank >= b.rank && !transposeA;
  if (!end || !isOne || !isLargeMatrix(b.size)) return undefined;
  const matrix = (weight: Tensor) => reshape(weight, [depth, width]);
  const rows = transposeB ? matrix(b) : given.forms.of(b, 'rows', (weight) => transposedRows(matrix(weight)));
  return ofKernel(PRODUCT, { a, rows, bias: end.bias }, { activated: end.activated });
}

/** The bias of a fused kernel and what its activation makes of the sums, where ours do it. */
function endOf(
  { inputs: { bias }, attrs }: Given,
  width: number,
): { readonly bias: Tensor; readonly activated: Activated } | undefined {
  const activation = ACTIVATIONS[(attrs['activation'] as string | undefined) ?? 'linear'];
  if (!activation || (bias && bias.size !== width)) return undefined;
  return { bias: bias ?? zeros([width]), activated: activation(Number(attrs['leakyreluAlpha'] ?? 0)) };
}

/** What becomes of the sums, by the name of a fused activation and the slope of a LeakyReLU. */
const ACTIVATIONS: Readonly<Record<string, ((alpha: number) => Activated) | undefined>> = {
  linear: () => NOT_ACTIVATED,
  relu: () => ({ ...NOT_ACTIVATED, slope: 0 }),
  relu6: () => ({ slope: 0, limit: 6 }),
  leakyrelu: (slope) => ({ ...NOT_ACTIVATED, slope }),
};

/** A kernel of ours, registered for the backend at work. */
function ofKernel<Inputs extends string, Attrs extends object>(
  kernel: ArrayKernel<Inputs, Attrs>,
  inputs: Record<Inputs, Tensor>,
  attrs: NoInfer<Attrs>,
): Quicker {
  ensureKernel(kernel.name, onArrays(kernel));
  return { name: kernel.name, inputs, attrs };
}

function tile({ inputs: { x }, attrs }: Given): Quicker {
  const reps = attrs['reps'] as number[];
  return x?.dtype === 'float32' && isReachable() ? ofKernel(TILED, { x }, { reps }) : undefined;
}

type Kernels = Readonly<Record<string, ((given: Given) => Quicker) | undefined>>;

/** Where JavaScript reaches the numbers. */
const QUICKER_ALIKE: Kernels = { Tile: tile };

/** Where products are slow as well. */
const QUICKER: Kernels = {
  ...QUICKER_ALIKE,
  Conv2D: convolution,
  FusedConv2D: convolution,
  DepthwiseConv2dNative: depthwise,
  FusedDepthwiseConv2D: depthwise,
  Conv2DBackpropInput: transposedConvolution,
  BatchMatMul: product,
  _FusedMatMul: product,
};
