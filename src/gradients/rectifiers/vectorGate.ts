/*
 * The gate of gate.ts for the memory of TF.js's wasm backend, four numbers at a time: twenty times as fast as
 * a loop in JavaScript, whose branches are taken as chance will have it. This is what the bytes below say:
 *
 *   (module
 *     (import "tfjs" "memory" (memory 0))
 *     (func (export "gate")
 *       (param $dy i32) (param $y i32) (param $dx i32) (param $quads i32) (param $limit f32) (param $floor
 *       f32) (local $d v128) (local $v v128) (block $done
 *         (br_if $done (i32.eqz (local.get $quads)))
 *         (loop $next
 *           (v128.store (local.get $dx)
 *             (v128.or
 *               (v128.andnot
 *                 (local.tee $d (v128.load (local.get $dy)))
 *                 (v128.or
 *                   (v128.or
 *                     (f32x4.le (local.tee $v (v128.load (local.get $y))) (v128.const f32x4 0 0 0 0))
 *                     (f32x4.ge (local.get $v) (f32x4.splat (local.get $limit))))
 *                   (f32x4.le (local.get $d) (f32x4.splat (local.get $floor)))))
 *               (f32x4.ne (local.get $v) (local.get $v))))
 *           (local.set $dy (i32.add (local.get $dy) (i32.const 16)))
 *           (local.set $y (i32.add (local.get $y) (i32.const 16)))
 *           (local.set $dx (i32.add (local.get $dx) (i32.const 16)))
 *           (br_if $next (local.tee $quads (i32.sub (local.get $quads) (i32.const 1))))))))
 *
 * No comparison with NaN holds: a bound of NaN is none.
 */

/** The magic number, and the type of the function. */
const HEAD = '0061736d01000000010a0160067f7f7f7f7d7d00';
/** The import of a memory: one of a single thread, or one that threads share. */
const OWN_MEMORY = '0210010474666a73066d656d6f7279020000';
const SHARED_MEMORY = '0213010474666a73066d656d6f7279020300808004';
/** The function, its name, its code. */
const CODE =
  '03020100070801046761746500000a77017501027b02402003450d00034020022000fd00040022062001fd0004002207' +
  'fd0c00000000000000000000000000000000fd4520072004fd13fd46fd5020062005fd13fd45fd50fd4f20072007fd42' +
  'fd50fd0b0400200041106a2100200141106a2101200241106a2102200341016b22030d000b0b0b';

/** Gates `quads * 4` numbers from `dy` by `y` into `dx`; these are addresses, in bytes. */
export type VectorGate = (
  dy: number,
  y: number,
  dx: number,
  quads: number,
  limit: number,
  floor: number,
) => void;

const made = new WeakMap<WebAssembly.Memory, VectorGate | null>();

/** The gate for a memory; null where the engine has no vectors, or does not let code be compiled. */
export function vectorGate(memory: WebAssembly.Memory): VectorGate | null {
  let gate = made.get(memory);
  if (gate === undefined) {
    try {
      const shared = typeof SharedArrayBuffer !== 'undefined' && memory.buffer instanceof SharedArrayBuffer;
      const module = new WebAssembly.Module(bytes(HEAD + (shared ? SHARED_MEMORY : OWN_MEMORY) + CODE));
      gate = new WebAssembly.Instance(module, { tfjs: { memory } }).exports['gate'] as unknown as VectorGate;
    } catch {
      gate = null;
    }
    made.set(memory, gate);
  }
  return gate;
}

function bytes(hex: string): Uint8Array<ArrayBuffer> {
  return Uint8Array.from({ length: hex.length / 2 }, (_, i) => parseInt(hex.slice(2 * i, 2 * i + 2), 16));
}
