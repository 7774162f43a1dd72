import {
  engine,
  getBackend,
  getKernel,
  greater,
  less,
  lessEqual,
  registerKernel,
  where,
  util,
  zerosLike,
} from '@tensorflow/tfjs-core';
import type { KernelConfig, Tensor, TensorInfo } from '@tensorflow/tfjs-core';
import { keptWherePositive, selectFlat } from '../rules/keptWherePositive';
import type { KernelGradient } from './kernelGradient';
import { vectorGate } from './vectorGate';

/*
 * What goes back through a rectifier in one pass over the data, as a kernel of our own on cpu and wasm: TF.js
 * needs four to six there (two comparisons, zeros, one or two selections), which add up to a third of a
 * MobileNet's time. Elsewhere it is composed of TF.js's own: a GPU hardly notices.
 */

/** The kernel's name in TF.js's registry. */
const GATE = 'GuidedSaliencyGate';

/** Which gradients a gate lets through. */
export interface Gate {
  /** Open below this output only, e.g. 6. */
  readonly limit?: number;
  /** Open to positive gradients only. */
  readonly cut?: boolean;
}

/**
 * `dy` where `0 < y < limit`, else 0; with `cut` also 0 where `dy <= 0`.
 *
 * NaN in `y` gives NaN, NaN in `dy` stays where the gate is open: neither is hidden.
 *
 * @param y The rectifier's output, of the shape of `dy`.
 */
export function gate(dy: Tensor, y: Tensor, { limit = Infinity, cut = false }: Gate = {}): Tensor {
  if (hasKernel()) return engine().runKernel(GATE, { dy, y }, { limit, cut });
  // a NaN is neither above nor below 0, and passes
  const open = selectFlat(dy.shape, [dy, y], (dy, y) => {
    const nothing = zerosLike(dy);
    const below = limit === Infinity ? dy : where(less(y, limit), dy, nothing);
    return where(lessEqual(y, 0), nothing, where(greater(y, 0), below, y));
  });
  return cut ? keptWherePositive(open, dy) : open;
}

/** `dy` where it is positive, else 0; NaN stays. */
export function positivePart(dy: Tensor): Tensor {
  return hasKernel()
    ? engine().runKernel(GATE, { dy }, { limit: Infinity, cut: true })
    : keptWherePositive(dy, dy);
}

/** The gradient of the gate, for gradients of maps. */
export const gateGradients: readonly KernelGradient[] = [
  {
    kernel: GATE,
    needs: { '*': ['dy', 'y'] },
    backward: (ddx, call) => ({
      dy: () => {
        const through =
          'y' in call.shapes ? gate(ddx, call.saved('y'), { limit: call.attrs['limit'] as number }) : ddx;
        return call.attrs['cut'] ? gate(through, call.saved('dy')) : through;
      },
      y: () => zerosLike(ddx),
    }),
  },
];

/** Whether the backend has the kernel; registers it where it can. */
function hasKernel(): boolean {
  const backend = getBackend();
  if (getKernel(GATE, backend)) return true;
  const config = KERNELS[backend];
  if (config) registerKernel(config);
  return config !== undefined;
}

interface CpuBackend {
  readonly data: { get(id: object): { readonly values: Float32Array } };
  makeTensorInfo(shape: number[], dtype: 'float32', values: Float32Array): TensorInfo;
}

interface WasmBackend {
  /** The Emscripten module, which keeps the memory here or there. */
  readonly wasm: {
    readonly asm?: { readonly memory?: WebAssembly.Memory };
    readonly wasmMemory?: WebAssembly.Memory;
  };
  readonly dataIdMap: { get(id: object): { readonly memoryOffset: number } };
  makeOutput(shape: number[], dtype: 'float32'): TensorInfo;
  typedArrayFromHeap(info: TensorInfo): Float32Array;
}

type GateArgs = { inputs: { dy: TensorInfo; y?: TensorInfo }; attrs: { limit: number; cut: boolean } };

const KERNELS: Readonly<Record<string, KernelConfig>> = {
  cpu: {
    kernelName: GATE,
    backendName: 'cpu',
    kernelFunc: (args) => {
      const {
        inputs: { dy, y },
        attrs,
      } = args as unknown as GateArgs;
      const backend = args.backend as CpuBackend;
      const valuesOf = (info: TensorInfo) => backend.data.get(info.dataId).values;
      const dx = new Float32Array(valuesOf(dy).length);
      pass(valuesOf(dy), y && valuesOf(y), dx, attrs);
      return backend.makeTensorInfo(dy.shape, 'float32', dx);
    },
  },
  wasm: {
    kernelName: GATE,
    backendName: 'wasm',
    kernelFunc: (args) => {
      const {
        inputs: { dy, y },
        attrs,
      } = args as unknown as GateArgs;
      const backend = args.backend as WasmBackend;
      const result = backend.makeOutput(dy.shape, 'float32');
      const done = passVectors(backend, dy, y ?? dy, result, attrs);
      // after the allocation, which may move the memory
      const [from, gate, to] = [dy, y, result].map(
        (info) => info && backend.typedArrayFromHeap(info).subarray(done),
      );
      if (from && to) pass(from, gate, to, attrs);
      return result;
    },
  },
};

/** Gates all that makes whole vectors; how many numbers that were. */
function passVectors(
  { wasm, dataIdMap }: WasmBackend,
  dy: TensorInfo,
  y: TensorInfo,
  dx: TensorInfo,
  { limit, cut }: GateArgs['attrs'],
): number {
  const memory = wasm.asm?.memory ?? wasm.wasmMemory;
  const gate = memory ? vectorGate(memory) : null;
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

/**
 * The gate as arithmetic on the bits of the floats, in which order they sort like integers.
 *
 * A gate is open or closed as chance will have it: a branch costs eight times as much as the rest of the
 * loop.
 */
function passBits(dy: Int32Array, y: Int32Array, dx: Int32Array, { limit, cut }: GateArgs['attrs']): void {
  const ceiling = new Int32Array(new Float32Array([limit]).buffer)[0] as number;
  const all = limit === Infinity ? -1 : 0;
  const any = cut ? 0 : -1;
  for (let i = 0; i < dx.length; i++) {
    const d = dy[i] as number;
    const at = y[i] as number;
    // each of these is all ones where it holds, else 0
    const positive = (-at & ~at) >> 31;
    const below = ((at - ceiling) >> 31) | all;
    const arriving = ((-d & ~d) >> 31) | nan(d) | any;
    dx[i] = (d & positive & below & arriving) | (nan(at) & NAN);
  }
}

function positiveBits(dy: Int32Array, dx: Int32Array): void {
  for (let i = 0; i < dx.length; i++) {
    const d = dy[i] as number;
    dx[i] = d & (((-d & ~d) >> 31) | nan(d));
  }
}

const NAN = 0x7fc00000;
const nan = (bits: number): number => (0x7f800000 - (bits & 0x7fffffff)) >> 31;

/** The gate in whatever precision the numbers have: a test may run the cpu backend in double. */
function passNumbers(
  dy: Float32Array,
  y: Float32Array | undefined,
  dx: Float32Array,
  { limit, cut }: GateArgs['attrs'],
): void {
  // no comparison with a NaN holds: where there is no bound, and for a NaN in the data
  const floor = cut ? 0 : NaN;
  const ceiling = limit === Infinity ? NaN : limit;
  for (let i = 0; i < dx.length; i++) {
    const d = dy[i] as number;
    const at = y === undefined ? 1 : (y[i] as number);
    dx[i] = at <= 0 || at >= ceiling || d <= floor ? 0 : at > 0 ? d : NaN;
  }
}

function pass(
  dy: Float32Array,
  y: Float32Array | undefined,
  dx: Float32Array,
  attrs: GateArgs['attrs'],
): void {
  if ([dy, y, dx].some((values) => values && values.BYTES_PER_ELEMENT !== 4)) passNumbers(dy, y, dx, attrs);
  else if (y) passBits(bitsOf(dy), bitsOf(y), bitsOf(dx), attrs);
  else positiveBits(bitsOf(dy), bitsOf(dx));
}

function bitsOf({ buffer, byteOffset, length }: Float32Array): Int32Array {
  return new Int32Array(buffer, byteOffset, length);
}
