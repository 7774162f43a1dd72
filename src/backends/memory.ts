import type { TensorInfo } from '@tensorflow/tfjs-core';
import { currentBackend, type Backend } from './backend';

/** How a backend hands out its memory. */
export interface Memory {
  allocate(shape: number[]): TensorInfo;
  valuesOf(info: TensorInfo): Float32Array;
}

interface ArrayBackend {
  readonly data: { get(id: object): { readonly values: Float32Array } };
  makeTensorInfo(shape: number[], dtype: 'float32', values: Float32Array): TensorInfo;
}

interface HeapBackend {
  makeOutput(shape: number[], dtype: 'float32'): TensorInfo;
  typedArrayFromHeap(info: TensorInfo): Float32Array;
}

/** Whether JavaScript reaches the numbers of the backend at work. */
export function isReachable(): boolean {
  return currentBackend().numbers in OPENERS;
}

/** @param backend TF.js's object for the backend at work, whose numbers JavaScript reaches. */
export function memoryOf(backend: unknown): Memory {
  return OPENERS[currentBackend().numbers]!(backend);
}

/** By where the numbers lie. */
const OPENERS: Readonly<Partial<Record<Backend['numbers'], (backend: unknown) => Memory>>> = {
  arrays: (backend) => {
    const { data } = backend as ArrayBackend;
    return {
      allocate: (shape) =>
        (backend as ArrayBackend).makeTensorInfo(
          shape,
          'float32',
          new Float32Array(shape.reduce((a, b) => a * b, 1)),
        ),
      valuesOf: ({ dataId }) => data.get(dataId).values,
    };
  },
  heap: (backend) => ({
    allocate: (shape) => (backend as HeapBackend).makeOutput(shape, 'float32'),
    valuesOf: (info) => (backend as HeapBackend).typedArrayFromHeap(info),
  }),
};
