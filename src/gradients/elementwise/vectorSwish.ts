import type { VectorCode } from '../../backends/vectorCode';

/*
 * The way back of swish.ts in the memory of TF.js's wasm backend, four numbers at a time. This is what the
 * bytes below say:
 *
 *   (module
 *     (import "tfjs" "memory" (memory 0))
 *     (func (export "swish")
 *       (param $dy i32) (param $x i32) (param $y i32) (param $dx i32) (param $quads i32) (local $v v128)
 *       (local $s v128)
 *       (block $done
 *         (br_if $done (i32.eqz (local.get $quads)))
 *         (loop $next
 *           (local.set $s
 *             (v128.bitselect
 *               (v128.const f32x4 0.5 0.5 0.5 0.5)
 *               (f32x4.div
 *                 (local.tee $v (v128.load (local.get $y)))
 *                 (local.tee $s (v128.load (local.get $x))))
 *               (f32x4.lt (f32x4.abs (local.get $s)) (v128.const f32x4 1e-30 1e-30 1e-30 1e-30))))
 *           (v128.store (local.get $dx)
 *             (f32x4.mul
 *               (v128.load (local.get $dy))
 *               (f32x4.add
 *                 (local.get $s)
 *                 (f32x4.mul
 *                   (local.get $v)
 *                   (f32x4.sub (v128.const f32x4 1 1 1 1) (local.get $s))))))
 *           (local.set $dy (i32.add (local.get $dy) (i32.const 16)))
 *           (local.set $x (i32.add (local.get $x) (i32.const 16)))
 *           (local.set $y (i32.add (local.get $y) (i32.const 16)))
 *           (local.set $dx (i32.add (local.get $dx) (i32.const 16)))
 *           (br_if $next (local.tee $quads (i32.sub (local.get $quads) (i32.const 1))))))))
 */

export const VECTOR_SWISH: VectorCode = {
  name: 'swish',
  head: '0061736d0100000001090160057f7f7f7f7f00',
  code:
    '0302010007090105737769736800000aa90101a60101027b02402004450d000340fd0c0000003f0000003f0000003f00' +
    '00003f2002fd00040022052001fd0004002206fde7012006fde001fd0c6042a20d6042a20d6042a20d6042a20dfd43fd' +
    '52210620032000fd00040020062005fd0c0000803f0000803f0000803f0000803f2006fde501fde601fde401fde601fd' +
    '0b0400200041106a2100200141106a2101200241106a2102200341106a2103200441016b22040d000b0b0b',
};

/** Takes `quads * 4` numbers back from `dy` to `dx`; these are addresses, in bytes. */
export type VectorSwish = (dy: number, x: number, y: number, dx: number, quads: number) => void;
