import type { KernelInvocation } from '../engine';
import type { Defect, Defects } from './defect';
import { paddedDepthwise, paddedPointwise, paddedTransposed } from './paddingDefects';
import { pairOf } from './pairOf';

const convolution: readonly Defect[] = [
  {
    backends: ['tensorflow'],
    what: 'a convolution with channels first, a stride and "same" padding',
    when: ({ attrs }) =>
      isNchw(attrs) && attrs?.['pad'] === 'same' && pairOf(attrs['strides']).some((stride) => stride > 1),
  },
  uneven('a convolution'),
  { backends: ['wasm'], what: 'a convolution whose windows leave pixels out', when: leavesPixelsOut },
];

const depthwiseNchw: Defect = {
  backends: ['cpu', 'wasm', 'webgl', 'tensorflow'],
  what: 'a depthwise convolution with channels first',
  when: ({ attrs }) => isNchw(attrs),
};

/** Of convolutions and pooling. */
export const windowDefects: Defects = {
  Conv3DBackpropInputV2: [{ backends: ['wasm'], what: 'a transposed 3d convolution' }],
  MaxPool3D: [
    {
      backends: ['wasm'],
      what: '3d max pooling of windows without a positive value',
      // a window of zeros gives 1e-38
      when: (_, input) => !input.isNeverNegative(),
    },
  ],
  MaxPoolWithArgmax: [
    { backends: ['wasm'], what: 'max pooling with argmax of windows without a positive value' },
  ],
  Dilation2D: [{ backends: ['wasm'], what: 'the dilation of windows without a positive value' }],
  Conv2D: [...convolution, paddedPointwise],
  Conv2DBackpropInput: [paddedTransposed],
  FusedConv2D: [
    ...convolution,
    paddedPointwise,
    {
      backends: ['webgl', 'webgpu'],
      what: 'a convolution fused with a bias along the image',
      // a number for each channel it takes on four axes as well
      when: ({ inputs: { bias }, attrs }) =>
        !!bias &&
        bias.size > 1 &&
        bias.rank !== 1 &&
        (isNchw(attrs) || bias.shape[bias.rank - 1] !== bias.size),
    },
  ],
  DepthwiseConv2dNative: [...convolution, depthwiseNchw, paddedDepthwise],
  FusedDepthwiseConv2D: [
    ...convolution,
    depthwiseNchw,
    paddedDepthwise,
    {
      backends: ['cpu', 'wasm', 'webgl', 'webgpu', 'tensorflow'],
      what: 'a depthwise convolution fused with a LeakyRelu, whose slope the converter does not pass on',
      when: ({ attrs }) => attrs?.['activation'] === 'leakyrelu' && !Number.isFinite(attrs['leakyreluAlpha']),
    },
  ],
  AvgPool: [uneven('an average pooling')],
  MaxPool: [uneven('a max pooling')],
};

/**
 * With a number of padding wasm sizes both axes as if they were the first; and where an output is rounded up,
 * it leaves the last cells as they were in memory. TensorFlow knows no such padding, and rounds down.
 */
function uneven(what: string): Defect {
  return {
    backends: ['wasm', 'tensorflow'],
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
  const first = isNchw(attrs) ? 2 : 1;
  return [0, 1].some((axis) => {
    const around = Array.isArray(pad) ? (pad as unknown as number[][])[first + axis] : undefined;
    const [before, after] = (around ?? [Number(pad), Number(pad)]) as [number, number];
    const reach = ((window[axis] ?? 1) - 1) * (pairOf(attrs?.['dilations'])[axis] ?? 1) + 1;
    const size = (x?.shape[first + axis] ?? 0) - reach + before + after;
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
  const first = isNchw(attrs) ? 2 : 1;
  return window.some((size, axis) => {
    const n = x?.shape[first + axis] ?? 0;
    const [stride, dilation] = [pairOf(attrs['strides'])[axis] ?? 1, pairOf(attrs['dilations'])[axis] ?? 1];
    return (Math.ceil(n / stride) - 1) * stride + (size - 1) * dilation + 1 < n;
  });
}

function isNchw(attrs: KernelInvocation['attrs']): boolean {
  return attrs?.['dataFormat'] === 'NCHW';
}
