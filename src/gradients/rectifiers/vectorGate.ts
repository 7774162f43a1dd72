import type { VectorCode } from '../../backends/vectorCode';

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

export const VECTOR_GATE: VectorCode = {
  name: 'gate',
  head: '0061736d01000000010a0160067f7f7f7f7d7d00',
  code:
    '03020100070801046761746500000a77017501027b02402003450d00034020022000fd00040022062001fd0004002207' +
    'fd0c00000000000000000000000000000000fd4520072004fd13fd46fd5020062005fd13fd45fd50fd4f20072007fd42' +
    'fd50fd0b0400200041106a2100200141106a2101200241106a2102200341016b22030d000b0b0b',
};

/** Gates `quads * 4` numbers from `dy` by `y` into `dx`; these are addresses, in bytes. */
export type VectorGate = (
  dy: number,
  y: number,
  dx: number,
  quads: number,
  limit: number,
  floor: number,
) => void;

/*
 * The same by the bytes of opening.ts in place of `y`:
 *
 *   (module
 *     (import "tfjs" "memory" (memory 0))
 *     (func (export "pass")
 *       (param $dy i32) (param $open i32) (param $dx i32) (param $quads i32) (param $floor f32)
 *       (local $d v128) (local $m v128)
 *       (block $done
 *         (br_if $done (i32.eqz (local.get $quads)))
 *         (loop $next
 *           (local.set $m
 *             (i32x4.extend_low_i16x8_s (i16x8.extend_low_i8x16_s (v128.load32_zero (local.get $open)))))
 *           (v128.store (local.get $dx)
 *             (v128.or
 *               (v128.andnot
 *                 (v128.and (local.tee $d (v128.load (local.get $dy))) (local.get $m))
 *                 (f32x4.le (local.get $d) (f32x4.splat (local.get $floor))))
 *               (i32x4.gt_s (local.get $m) (v128.const i32x4 0 0 0 0))))
 *           (local.set $dy (i32.add (local.get $dy) (i32.const 16)))
 *           (local.set $open (i32.add (local.get $open) (i32.const 4)))
 *           (local.set $dx (i32.add (local.get $dx) (i32.const 16)))
 *           (br_if $next (local.tee $quads (i32.sub (local.get $quads) (i32.const 1))))))))
 */

export const VECTOR_PASS: VectorCode = {
  name: 'pass',
  head: '0061736d0100000001090160057f7f7f7f7d00',
  code:
    '03020100070801047061737300000a71016f01027b02402003450d0003402001fd5c0200fd8701fda701210620022000' +
    'fd00040022052006fd4e20052004fd13fd45fd4f2006fd0c00000000000000000000000000000000fd3bfd50fd0b0400' +
    '200041106a2100200141046a2101200241106a2102200341016b22030d000b0b0b',
};

/** Gates `quads * 4` numbers from `dy` by the bytes at `open` into `dx`; these are addresses, in bytes. */
export type VectorPass = (dy: number, open: number, dx: number, quads: number, floor: number) => void;
