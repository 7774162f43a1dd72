import { util } from '@tensorflow/tfjs-core';
import type { KernelFunc, TensorInfo } from '@tensorflow/tfjs-core';
import { vectorFunction } from '../../backends/vectorCode';
import type { GateAttrs, GateCall } from './gateCall';
import { gateNumbers } from './gateNumbers';
import { VECTOR_GATE, type VectorGate } from './vectorGate';

interface WasmBackend {
  readonly dataIdMap: { get(id: object): { readonly memoryOffset: number } };
  makeOutput(shape: number[], dtype: 'float32'): TensorInfo;
  typedArrayFromHeap(info: TensorInfo): Float32Array;
}

/** The gate in the backend's own memory: as vectors where that can be, the rest one by one. */
export const wasmGate: KernelFunc = (call) => {
  const {
    inputs: { dy, y },
    attrs,
  } = call as unknown as GateCall;
  const backend = call.backend as WasmBackend;
  const result = backend.makeOutput(dy.shape, 'float32');
  const done = passVectors(backend, dy, y ?? dy, result, attrs);
  // after the allocation, which may move the memory
  const rest = (info: TensorInfo) => backend.typedArrayFromHeap(info).subarray(done);
  gateNumbers(rest(dy), y && rest(y), rest(result), attrs);
  return result;
};

/** Gates all that makes whole vectors; how many numbers that were. */
function passVectors(
  { dataIdMap }: WasmBackend,
  dy: TensorInfo,
  y: TensorInfo,
  dx: TensorInfo,
  { limit, cut }: GateAttrs,
): number {
  const gate = vectorFunction<VectorGate>(VECTOR_GATE);
  if (!gate) return 0;
  const quads = Math.floor(util.sizeFromShape(dy.shape) / 4);
  const [from, at, to] = [dy, y, dx].map(({ dataId }) => dataIdMap.get(dataId).memoryOffset) as [
    number,
    number,
    number,
  ];
  gate(from, at, to, quads, limit === Infinity ? NaN : limit, cut ? 0 : NaN);
  return quads * 4;
}
