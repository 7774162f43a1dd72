import { util } from '@tensorflow/tfjs-core';
import type { Tensor } from '@tensorflow/tfjs-core';
import type { KernelInvocation } from '../engine';
import type { Defect, Defects } from './defect';
import { isTail } from './isTail';

const padded: Defect = {
  backends: ['webgl', 'webgpu'],
  what: 'the padding of more than 4 axes',
  when: ({ inputs: { x } }) => (x?.rank ?? 0) > 4,
};

/** Of kernels that are neither windows nor products. */
export const otherDefects: Defects = {
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
        Number(attrs?.['shrinkAxisMask'] ?? 0) !== 0 &&
        (attrs?.['strides'] as number[]).some((stride) => stride !== 1),
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
