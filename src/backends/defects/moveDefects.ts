import { util } from '@tensorflow/tfjs-core';
import type { KernelInvocation } from '../engine';
import { paddedAxes } from './axisDefects';
import type { Defect, Defects } from './defect';

const padded: Defect = {
  backends: ['webgl', 'webgpu'],
  what: 'the padding of more than 4 axes',
  when: ({ inputs: { x } }) => (x?.rank ?? 0) > 4,
};

/** Of kernels that move numbers and change none. */
export const moveDefects: Defects = {
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
  Transpose: [
    {
      backends: ['webgpu'],
      what: 'the transpose of integers or booleans, e.g. of a mask,',
      when: ({ inputs: { x } }, { isRelabelled }) => x?.dtype !== 'float32' || isRelabelled,
    },
  ],
  Pack: [
    {
      backends: ['webgl', 'webgpu'],
      what: 'a stack of complex numbers', // their parts are joined in the shape that they had before: [9] for [3, 3]
      when: ({ inputs }) => Object.values(inputs).some((x) => x?.dtype === 'complex64'),
    },
  ],
  PadV2: [padded, paddedAxes],
  MirrorPad: [padded],
};

/** Wasm takes the list of a sample to begin where it would if it had as many indices as there are samples. */
function gathersFromOtherLists({ inputs: { x, indices }, attrs }: KernelInvocation): boolean {
  const batchDims = Number(attrs?.['batchDims'] ?? 0);
  const batch = util.sizeFromShape(x?.shape.slice(0, batchDims) ?? []);
  return batchDims !== 0 && batch > 1 && indices?.size !== batch * batch;
}
