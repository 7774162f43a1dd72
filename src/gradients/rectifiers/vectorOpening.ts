import type { VectorCode } from '../../backends/vectorCode';

/*
 * The bytes of opening.ts in the memory of TF.js's wasm backend, four at a time. This is what the bytes below
 * say:
 *
 *   (module
 *     (import "tfjs" "memory" (memory 0))
 *     (func (export "open")
 *       (param $y i32) (param $open i32) (param $quads i32) (param $limit f32) (local $v v128)
 *       (block $done
 *         (br_if $done (i32.eqz (local.get $quads)))
 *         (loop $next
 *           (local.set $v
 *             (i32x4.add
 *               (v128.not
 *                 (v128.or
 *                   (f32x4.le (local.tee $v (v128.load (local.get $y))) (v128.const f32x4 0 0 0 0))
 *                   (f32x4.ge (local.get $v) (f32x4.splat (local.get $limit)))))
 *               (v128.and (f32x4.ne (local.get $v) (local.get $v)) (v128.const i32x4 2 2 2 2))))
 *           (local.set $v (i16x8.narrow_i32x4_s (local.get $v) (local.get $v)))
 *           (v128.store32_lane 0 (local.get $open) (i8x16.narrow_i16x8_s (local.get $v) (local.get $v)))
 *           (local.set $y (i32.add (local.get $y) (i32.const 16)))
 *           (local.set $open (i32.add (local.get $open) (i32.const 4)))
 *           (br_if $next (local.tee $quads (i32.sub (local.get $quads) (i32.const 1))))))))
 *
 * No comparison with NaN holds, but that it differs from itself: −1 + 2.
 */

export const VECTOR_OPENING: VectorCode = {
  name: 'open',
  head: '0061736d0100000001080160047f7f7f7d00',
  code:
    '03020100070801046f70656e00000a860101830101017b02402002450d0003402000fd0004002204fd0c000000000000' +
    '00000000000000000000fd4520042003fd13fd46fd50fd4d20042004fd42fd0c02000000020000000200000002000000' +
    'fd4efdae01210420042004fd85012104200120042004fd65fd5a020000200041106a2100200141046a2101200241016b' +
    '22020d000b0b0b',
};

/** Writes `quads * 4` bytes for the numbers at `y` to `open`; these are addresses, in bytes. */
export type VectorOpening = (y: number, open: number, quads: number, limit: number) => void;
