import { backend } from '@tensorflow/tfjs-core';
import { currentBackend } from './backend';

/** A function of WebAssembly that works in the memory of TF.js's wasm backend, four numbers at a time. */
export interface VectorCode {
  /** What it is exported as. */
  readonly name: string;
  /** The magic number, and the type of the function: bytes, two hexadecimal digits each. */
  readonly head: string;
  /** The function, its name, its code. */
  readonly code: string;
}

/** The import of a memory: one of a single thread, or one that threads share. */
const OWN_MEMORY = '0210010474666a73066d656d6f7279020000';
const SHARED_MEMORY = '0213010474666a73066d656d6f7279020300808004';

/** The Emscripten module of the backend, which keeps the memory here or there. */
interface WasmBackend {
  readonly wasm: {
    readonly asm?: { readonly memory?: WebAssembly.Memory };
    readonly wasmMemory?: WebAssembly.Memory;
  };
}

const made = new WeakMap<WebAssembly.Memory, Map<VectorCode, unknown>>();

/**
 * The function for the backend at work; null where that is not wasm, where the engine has no vectors, or does
 * not let code be compiled.
 */
export function vectorFunction<F>(vectors: VectorCode): F | null {
  if (currentBackend().numbers !== 'heap') return null;
  const { wasm } = backend() as unknown as WasmBackend;
  const memory = wasm.asm?.memory ?? wasm.wasmMemory;
  return memory ? (functionIn(memory, vectors) as F | null) : null;
}

/** The function for a memory. */
function functionIn(memory: WebAssembly.Memory, vectors: VectorCode): unknown {
  let known = made.get(memory);
  if (!known) made.set(memory, (known = new Map<VectorCode, unknown>()));
  let found = known.get(vectors);
  if (found === undefined) known.set(vectors, (found = compiled(memory, vectors)));
  return found;
}

function compiled(memory: WebAssembly.Memory, { name, head, code }: VectorCode): unknown {
  try {
    const shared = typeof SharedArrayBuffer !== 'undefined' && memory.buffer instanceof SharedArrayBuffer;
    const module = new WebAssembly.Module(bytes(head + (shared ? SHARED_MEMORY : OWN_MEMORY) + code));
    return new WebAssembly.Instance(module, { tfjs: { memory } }).exports[name];
  } catch {
    return null;
  }
}

function bytes(hex: string): Uint8Array<ArrayBuffer> {
  return Uint8Array.from({ length: hex.length / 2 }, (_, i) => parseInt(hex.slice(2 * i, 2 * i + 2), 16));
}
