import type { KernelFunc } from '@tensorflow/tfjs-core';
import { memoryOf } from '../../backends/memory';
import { vectorFunction } from '../../backends/vectorCode';
import type { GateAttrs, GateCall } from './gateCall';
import { gateNumbers } from './gateNumbers';
import { VECTOR_GATE, VECTOR_PASS, type VectorGate, type VectorPass } from './vectorGate';

/**
 * The gate where JavaScript reaches the numbers: as vectors in the memory of WebAssembly, where that can be,
 * the rest one by one. In place of `y` there may be the bytes of opening.ts.
 */
export const memoryGate: KernelFunc = (call) => {
  const {
    inputs: { dy, y },
    attrs,
  } = call as unknown as GateCall;
  const memory = memoryOf(call.backend, { dy, y });
  const result = memory.allocate(dy.shape);
  // after the allocation, which on wasm may move everything
  const [from, to] = [memory.valuesOf(dy), memory.valuesOf(result)];
  const at = y?.dtype === 'bool' ? memory.bytesOf(y) : y && memory.valuesOf(y);
  const done = 4 * passVectors(from, at ?? from, to, attrs);
  gateNumbers(from.subarray(done), at?.subarray(done), to.subarray(done), attrs);
  return result;
};

/** Gates all that makes whole vectors; how many vectors that were. */
function passVectors(
  dy: Float32Array,
  at: Float32Array | Int8Array,
  dx: Float32Array,
  { limit, cut }: GateAttrs,
): number {
  const quads = Math.floor(dx.length / 4);
  const floor = cut ? 0 : NaN;
  const addresses = [dy.byteOffset, at.byteOffset, dx.byteOffset] as const;
  if (at instanceof Int8Array) {
    const pass = vectorFunction<VectorPass>(VECTOR_PASS);
    pass?.(...addresses, quads, floor);
    return pass ? quads : 0;
  }
  const gate = vectorFunction<VectorGate>(VECTOR_GATE);
  gate?.(...addresses, quads, limit === Infinity ? NaN : limit, floor);
  return gate ? quads : 0;
}
