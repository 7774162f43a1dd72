import { engine } from '@tensorflow/tfjs-core';
import type { KernelFunc, Tensor, TensorInfo } from '@tensorflow/tfjs-core';
import { isReachable, memoryOf } from '../../backends/memory';
import { ensureKernel } from '../../backends/ownKernel';
import { vectorFunction } from '../../backends/vectorCode';
import type { Gate } from './gate';
import { openings } from './gateNumbers';
import { VECTOR_OPENING, type VectorOpening } from './vectorOpening';

/*
 * Where a gate is open, a byte for each number in place of the number: −1 where it is, 0 where it is not, 1
 * where the number is NaN. What a map keeps of its forward pass are rectifiers' outputs, most of them read by
 * the gate alone: this is a quarter of that.
 */

/** The kernel's name in TF.js's registry. */
const OPENING = 'GuidedSaliencyOpening';

/** From how many numbers on memory is worth a kernel more. */
const FROM = 1 << 14;

/** What the kernel is told: open below this output only; infinity for no bound. */
interface OpeningAttrs {
  readonly limit: number;
}

/**
 * What `gate` takes in place of a rectifier's output, of dtype `bool`; undefined for few numbers, and where
 * JavaScript does not reach them.
 */
export function openingOf(y: Tensor, { limit = Infinity }: Pick<Gate, 'limit'>): Tensor | undefined {
  if (y.size < FROM || !isReachable()) return undefined;
  ensureKernel(OPENING, opening);
  return engine().runKernel<Tensor>(OPENING, { y }, { limit });
}

const opening: KernelFunc = ({ inputs, attrs, backend }) => {
  const y = inputs['y'] as TensorInfo;
  const { limit } = attrs as unknown as OpeningAttrs;
  const memory = memoryOf(backend, { y });
  const open = memory.allocate(y.shape, 'bool');
  // after the allocation, which on wasm may move everything
  const [numbers, bytes] = [memory.valuesOf(y), memory.bytesOf(open)];
  const vectors = vectorFunction<VectorOpening>(VECTOR_OPENING);
  const quads = vectors ? Math.floor(numbers.length / 4) : 0;
  vectors?.(numbers.byteOffset, bytes.byteOffset, quads, limit === Infinity ? NaN : limit);
  openings(numbers.subarray(4 * quads), bytes.subarray(4 * quads), limit);
  return open;
};
