import { getBackend, util } from '@tensorflow/tfjs-core';
import type { Tensor } from '@tensorflow/tfjs-core';
import type { KernelInvocation } from './engine';
import { sharesOutTransposed } from './sharedOut';

/*
 * Kernels whose forward pass TF.js 4.22 gets wrong on a backend. A gradient taken there would be of something
 * that the model does not compute; so it is refused, by name.
 */

interface Defect {
  readonly backends: readonly string[];
  readonly what: string;
  /** Where it shows; always, if left out. */
  readonly when?: (invocation: KernelInvocation, isRelabelled: boolean) => boolean;
}

const convolution: readonly Defect[] = [
  {
    backends: ['tensorflow'],
    what: 'a convolution with channels first, a stride and "same" padding',
    when: ({ attrs }) =>
      isNchwAttrs(attrs) && attrs?.['pad'] === 'same' && pairOf(attrs['strides']).some((stride) => stride > 1),
  },
  uneven('a convolution'),
  { backends: ['wasm'], what: 'a convolution whose windows leave pixels out', when: leavesPixelsOut },
];

const depthwiseNchw: Defect = {
  backends: ['cpu', 'wasm', 'webgl', 'tensorflow'],
  what: 'a depthwise convolution with channels first',
  when: isNchw,
};

const padded: Defect = {
  backends: ['webgl', 'webgpu'],
  what: 'the padding of more than 4 axes',
  when: ({ inputs: { x } }) => (x?.rank ?? 0) > 4,
};

const sharedOut: Defect = {
  backends: ['webgpu'],
  what: 'a product with a transposed matrix over a long inner axis',
  when: sharesOutTransposed,
};

/** What is wrong with each kernel. */
const DEFECTS: Readonly<Record<string, readonly Defect[]>> = {
  Conv3DBackpropInputV2: [{ backends: ['wasm'], what: 'a transposed 3d convolution' }],
  MaxPool3D: [{ backends: ['wasm'], what: '3d max pooling of windows without a positive value' }],
  MaxPoolWithArgmax: [
    { backends: ['wasm'], what: 'max pooling with argmax of windows without a positive value' },
  ],
  Dilation2D: [{ backends: ['wasm'], what: 'the dilation of windows without a positive value' }],
  FloorDiv: [{ backends: ['webgl'], what: 'a floored division' }],
  FusedBatchNorm: [
    {
      backends: ['cpu', 'wasm'],
      what: 'batch norm along another axis than the last',
      when: ({ inputs: { x, mean, variance, scale, offset } }) =>
        ![mean, variance, scale, offset].every((parameter) => isTail(parameter?.shape, x?.shape)),
    },
  ],
  Prelu: [
    {
      backends: ['wasm'],
      what: 'a PReLU whose slopes are shared along the last axis',
      when: ({ inputs: { x, alpha } }) => !isTail(alpha?.shape, x?.shape),
    },
  ],
  Conv2D: convolution,
  FusedConv2D: [
    ...convolution,
    {
      backends: ['webgl', 'webgpu'],
      what: 'a convolution fused with a bias of more than one axis',
      when: ({ inputs: { bias } }) => (bias?.size ?? 1) > 1 && bias?.rank !== 1,
    },
  ],
  DepthwiseConv2dNative: [...convolution, depthwiseNchw],
  FusedDepthwiseConv2D: [
    ...convolution,
    depthwiseNchw,
    {
      backends: ['cpu', 'wasm', 'webgl', 'webgpu', 'tensorflow'],
      what: 'a depthwise convolution fused with a LeakyRelu, whose slope the converter does not pass on',
      when: ({ attrs }) => attrs?.['activation'] === 'leakyrelu' && !Number.isFinite(attrs['leakyreluAlpha']),
    },
  ],
  _FusedMatMul: [
    sharedOut,
    {
      backends: ['wasm'],
      what: 'the bias and the activation of a matrix product that is transposed or batched',
      when: ({ inputs: { a, bias }, attrs }) =>
        // an activation is applied block by block of the sum
        ((bias?.size ?? 1) > 1 ||
          ((attrs?.['activation'] ?? 'linear') !== 'linear' && innerSize(a, attrs) > 48)) &&
        (attrs?.['transposeA'] === true || attrs?.['transposeB'] === true || isBatched(a)),
    },
  ],
  BatchMatMul: [
    sharedOut,
    {
      backends: ['cpu', 'wasm', 'webgl', 'webgpu'],
      what: 'a matrix product broadcast along an axis between others',
      when: ({ inputs: { a, b } }) => {
        const [x, y] = [a?.shape.slice(0, -2) ?? [], b?.shape.slice(0, -2) ?? []];
        return !isTail(x, y) && !isTail(y, x);
      },
    },
  ],
  AvgPool: [uneven('an average pooling')],
  MaxPool: [uneven('a max pooling')],
  OneHot: [
    { backends: ['wasm'], what: 'a one-hot of floats', when: ({ attrs }) => attrs?.['dtype'] === 'float32' },
  ],
  Cast: [
    {
      backends: ['wasm'],
      what: 'a cast of numbers to booleans',
      when: ({ inputs: { x }, attrs }) => attrs?.['dtype'] === 'bool' && x?.dtype !== 'bool',
    },
  ],
  StridedSlice: [
    {
      backends: ['cpu', 'wasm', 'webgl', 'webgpu'],
      what: 'a strided slice that drops an axis with a stride other than 1',
      when: ({ attrs }) =>
        Number(attrs?.['shrinkAxisMask'] ?? 0) !== 0 && (attrs?.['strides'] as number[]).some((stride) => stride !== 1),
    },
    {
      backends: ['webgl', 'webgpu'],
      what: 'a strided slice of more than 4 axes',
      when: ({ inputs: { x }, attrs }) =>
        (x?.rank ?? 0) > 4 && (attrs?.['strides'] as number[]).some((stride) => stride !== 1),
    },
  ],
  GatherV2: [
    {
      backends: ['wasm'],
      what: 'a gather of a batch',
      when: gathersFromOtherLists,
    },
  ],
  CropAndResize: [
    {
      backends: ['webgl'],
      what: 'crops of other images than one of each, in their order,',
      when: ({ inputs: { image, boxes, boxInd } }) =>
        image?.shape[0] !== boxes?.shape[0] || !isInOrder(boxInd as Tensor),
    },
  ],
  Transform: [
    {
      backends: ['wasm'],
      what: 'a projective transform filled by reflection',
      when: ({ attrs }) => attrs?.['fillMode'] === 'reflect',
    },
    {
      backends: ['webgpu'],
      what: 'one projective transform of several images',
      when: ({ inputs: { image, transforms } }) => image?.shape[0] !== transforms?.shape[0],
    },
    {
      backends: ['cpu'],
      what: 'the projective transforms of several images',
      when: ({ inputs: { image } }) => (image?.shape[0] ?? 1) > 1,
    },
  ],
  RotateWithOffset: [
    {
      backends: ['wasm'],
      what: 'what a rotation fills with, where that is no whole number or there are more than 3 channels,',
      when: ({ inputs: { image }, attrs }) => {
        const fill = attrs?.['fillValue'];
        if (fill === 0) return (image?.shape[3] ?? 0) > 4;
        const values = Array.isArray(fill) ? (fill as number[]) : [Number(fill)];
        return (image?.shape[3] ?? 0) > 3 || values.some((value) => !Number.isInteger(value));
      },
    },
  ],
  Transpose: [
    {
      backends: ['webgpu'],
      what: 'the transpose of integers or booleans, e.g. of a mask,',
      when: ({ inputs: { x } }, isRelabelled) => x?.dtype !== 'float32' || isRelabelled,
    },
  ],
  PadV2: [padded],
  MirrorPad: [padded],
  Cumsum: cumulative('sum'),
  Cumprod: cumulative('product'),
};

function cumulative(what: string): readonly Defect[] {
  return [
    {
      backends: ['webgpu'],
      what: `a reverse cumulative ${what}`,
      when: ({ attrs }) => attrs?.['reverse'] === true,
    },
    {
      backends: ['cpu', 'wasm', 'webgl', 'webgpu'],
      what: `a cumulative ${what} along an axis counted from the end`,
      when: ({ inputs: { x }, attrs }) => Number(attrs?.['axis']) < 0 && (x?.rank ?? 0) > 0,
    },
  ];
}

/**
 * With a number of padding wasm sizes both axes as if they were the first; and where an output is rounded up,
 * it leaves the last cells as they were in memory.
 */
function uneven(what: string): Defect {
  return {
    backends: ['wasm'],
    what: `${what} with a number of padding that is not square, or with an output rounded up,`,
    when: (invocation) => {
      const { inputs, attrs } = invocation;
      const [window, strides] = [inputs['filter']?.shape ?? attrs?.['filterSize'], attrs?.['strides']];
      const padding = typeof attrs?.['pad'] === 'number' ? attrs['pad'] : 0;
      return (padding > 0 && (!isSquare(window) || !isSquare(strides))) || roundsUp(invocation);
    },
  };
}

function roundsUp({ inputs: { x, filter }, attrs }: KernelInvocation): boolean {
  const { pad, dimRoundingMode: mode } = attrs ?? {};
  if (typeof pad === 'string' || (mode !== 'ceil' && mode !== 'round')) return false;
  const window = filter?.shape ?? pairOf(attrs?.['filterSize']);
  return [0, 1].some((axis) => {
    const sides = Array.isArray(pad) ? (pad as unknown as number[][])[axis + 1]! : [Number(pad), Number(pad)];
    const reach = (window[axis]! - 1) * (pairOf(attrs?.['dilations'])[axis] ?? 1) + 1;
    const size = x!.shape[axis + 1]! - reach + sides[0]! + sides[1]!;
    const steps = size / (pairOf(attrs?.['strides'])[axis] ?? 1);
    return (mode === 'ceil' ? Math.ceil(steps) : Math.round(steps)) > Math.floor(steps);
  });
}

function isSquare(sizes: unknown): boolean {
  return !Array.isArray(sizes) || sizes[0] === sizes[1];
}

/** Where windows of a convolution with `same` padding leave pixels out, wasm puts them elsewhere. */
function leavesPixelsOut({ inputs: { x, filter }, attrs }: KernelInvocation): boolean {
  const window = filter?.shape.slice(0, 2) ?? [];
  if (attrs?.['pad'] !== 'same' || window.every((size) => size === 1)) return false;
  const first = isNchwAttrs(attrs) ? 2 : 1;
  return window.some((size, axis) => {
    const n = x?.shape[first + axis] ?? 0;
    const [stride, dilation] = [pairOf(attrs['strides'])[axis] ?? 1, pairOf(attrs['dilations'])[axis] ?? 1];
    return (Math.ceil(n / stride) - 1) * stride + (size - 1) * dilation + 1 < n;
  });
}

function pairOf(value: unknown): number[] {
  return Array.isArray(value) ? (value as number[]) : typeof value === 'number' ? [value, value] : [1, 1];
}

/** Wasm takes the list of a sample to begin where it would if it had as many indices as there are samples. */
function gathersFromOtherLists({ inputs: { x, indices }, attrs }: KernelInvocation): boolean {
  const batchDims = Number(attrs?.['batchDims'] ?? 0);
  const batch = util.sizeFromShape(x?.shape.slice(0, batchDims) ?? []);
  return batchDims !== 0 && batch > 1 && indices?.size !== batch * batch;
}

/** Whether the indices are 0, 1, 2 ...: a handful of numbers, which mostly have just been written. */
function isInOrder(indices: Tensor): boolean {
  // eslint-disable-next-line no-restricted-syntax
  return indices.size === 1 || indices.dataSync().every((index, i) => index === i);
}

function innerSize(a: Tensor | null | undefined, attrs: KernelInvocation['attrs']): number {
  return a?.shape[a.rank - (attrs?.['transposeA'] === true ? 2 : 1)] ?? 0;
}

function isBatched(a: Tensor | null | undefined): boolean {
  return (a?.rank ?? 0) > 2 && a?.shape[0] !== 1;
}

function isNchw({ attrs }: KernelInvocation): boolean {
  return isNchwAttrs(attrs);
}

function isNchwAttrs(attrs: KernelInvocation['attrs']): boolean {
  return attrs?.['dataFormat'] === 'NCHW';
}

/**
 * Whether `shape` is that of the last axes of `whole`, so that walking it over and over is to broadcast it.
 */
function isTail(shape: readonly number[] = [], whole: readonly number[] = []): boolean {
  const first = shape.findIndex((size) => size !== 1);
  const sizes = first < 0 ? [] : shape.slice(first);
  return sizes.every((size, i) => size === whole[whole.length - sizes.length + i]);
}

/**
 * Why a kernel must not be explained on this backend; undefined where nothing is wrong.
 *
 * @param needed How errors call what runs the kernel.
 * @param isRelabelled Whether its input was integers or booleans until a cast, done by webgpu in name only.
 */
export function brokenForward(
  invocation: KernelInvocation,
  needed: string,
  isRelabelled = false,
): Error | undefined {
  const backend = getBackend();
  const defect = DEFECTS[invocation.kernelName]?.find(
    ({ backends, when }) => backends.includes(backend) && (when?.(invocation, isRelabelled) ?? true),
  );
  if (!defect) return undefined;
  const other = ['cpu', 'tensorflow', 'webgl'].find((candidate) => !defect.backends.includes(candidate));
  const wayOut = other ? `use another backend, e.g. await tf.setBackend('${other}')` : 'do it in two steps';
  return new Error(
    `${needed} runs the kernel ${invocation.kernelName}, and TF.js computes ${defect.what} wrongly on the backend ` +
      `"${backend}"; ${wayOut}`,
  );
}
