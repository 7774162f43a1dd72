import { util } from '@tensorflow/tfjs-core';
import type { TensorInfo } from '@tensorflow/tfjs-core';
import { currentBackend, type Backend } from './backend';

/** How a backend hands out its memory. */
export interface Memory {
  allocate(shape: number[], dtype?: Stored): TensorInfo;
  valuesOf(info: TensorInfo): Float32Array;
  /** Those of a tensor of booleans, of which each is a byte. */
  bytesOf(info: TensorInfo): Int8Array;
}

/** What we have TF.js allocate. */
type Stored = 'float32' | 'bool';

interface ArrayBackend {
  readonly data: { get(id: object): { readonly values: Float32Array | Uint8Array } };
  makeTensorInfo(shape: number[], dtype: Stored, values: Float32Array | Uint8Array): TensorInfo;
}

interface HeapBackend {
  readonly dataIdMap: { get(id: object): unknown };
  makeOutput(shape: number[], dtype: Stored): TensorInfo;
  typedArrayFromHeap(info: TensorInfo): Float32Array | Uint8Array;
}

/** Whether JavaScript reaches the numbers of the backend at work. */
export function isReachable(): boolean {
  return currentBackend().numbers in OPENERS;
}

/**
 * @param backend TF.js's object for the backend at work, whose numbers JavaScript reaches.
 * @param inputs All that a kernel is given: it is here before any of it is opened.
 */
export function memoryOf(backend: unknown, inputs: Inputs): Memory {
  return OPENERS[currentBackend().numbers]!(backend, inputs);
}

type Inputs = Readonly<Record<string, TensorInfo | undefined>>;

/** By where the numbers lie. */
const OPENERS: Readonly<Partial<Record<Backend['numbers'], (backend: unknown, inputs: Inputs) => Memory>>> = {
  arrays: (backend) => {
    const arrays = backend as ArrayBackend;
    return readingBy(
      ({ dataId }) => arrays.data.get(dataId).values,
      (shape, dtype) => {
        const size = util.sizeFromShape(shape);
        return arrays.makeTensorInfo(
          shape,
          dtype,
          dtype === 'bool' ? new Uint8Array(size) : new Float32Array(size),
        );
      },
    );
  },
  heap: (backend, inputs) => {
    const heap = backend as HeapBackend;
    // what another backend holds is moved here, for which the memory may grow: then it is another one
    for (const info of Object.values(inputs)) if (info) heap.dataIdMap.get(info.dataId);
    return readingBy(
      (info) => heap.typedArrayFromHeap(info),
      (shape, dtype) => heap.makeOutput(shape, dtype),
    );
  },
};

function readingBy(
  read: (info: TensorInfo) => Float32Array | Uint8Array,
  allocate: (shape: number[], dtype: Stored) => TensorInfo,
): Memory {
  return {
    allocate: (shape, dtype = 'float32') => allocate(shape, dtype),
    valuesOf: (info) => read(info) as Float32Array,
    bytesOf: (info) => {
      const { buffer, byteOffset, length } = read(info);
      return new Int8Array(buffer, byteOffset, length);
    },
  };
}
