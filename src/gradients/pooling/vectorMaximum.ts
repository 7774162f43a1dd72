import type { VectorCode } from '../../backends/vectorCode';

/*
 * One window of firstMaximum.ts for the memory of TF.js's wasm backend, four channels at a time: what is left
 * of dy goes to each cell that is no less than the maximum, and is gone from there on. This is what the bytes
 * below say:
 *
 *   (module
 *     (import "tfjs" "memory" (memory 0))
 *     (func (export "pool")
 *       (param $x i32) (param $y i32) (param $dy i32) (param $dx i32) (param $quads i32) (param $rows i32)
 *       (param $columns i32) (param $cell i32) (param $rest i32)
 *       (local $v v128) (local $d v128) (local $less v128) (local $p i32) (local $r i32) (local $c i32)
 *       (loop $quad
 *         (local.set $v (v128.load (local.get $y)))
 *         (local.set $d (v128.load (local.get $dy)))
 *         (local.set $p (i32.const 0))
 *         (local.set $r (local.get $rows))
 *         (loop $row
 *           (local.set $c (local.get $columns))
 *           (loop $column
 *             (local.set $less (f32x4.lt (v128.load (i32.add (local.get $x) (local.get $p))) (local.get $v)))
 *             (v128.store (i32.add (local.get $dx) (local.get $p))
 *               (f32x4.add
 *                 (v128.load (i32.add (local.get $dx) (local.get $p)))
 *                 (v128.andnot (local.get $d) (local.get $less))))
 *             (local.set $d (v128.and (local.get $d) (local.get $less)))
 *             (local.set $p (i32.add (local.get $p) (local.get $cell)))
 *             (br_if $column (local.tee $c (i32.sub (local.get $c) (i32.const 1)))))
 *           (local.set $p (i32.add (local.get $p) (local.get $rest)))
 *           (br_if $row (local.tee $r (i32.sub (local.get $r) (i32.const 1)))))
 *         (local.set $x (i32.add (local.get $x) (i32.const 16)))
 *         (local.set $y (i32.add (local.get $y) (i32.const 16)))
 *         (local.set $dy (i32.add (local.get $dy) (i32.const 16)))
 *         (local.set $dx (i32.add (local.get $dx) (i32.const 16)))
 *         (br_if $quad (local.tee $quads (i32.sub (local.get $quads) (i32.const 1)))))))
 *
 * No comparison with NaN holds: where the maximum is NaN, the first cell takes dy.
 */

export const VECTOR_MAXIMUM: VectorCode = {
  name: 'pool',
  head: '0061736d01000000010d0160097f7f7f7f7f7f7f7f7f00',
  code:
    '0302010007080104706f6f6c00000aa50101a20102037b037f03402001fd00040021092002fd000400210a4100210c20' +
    '05210d03402006210e03402000200c6afd0004002009fd43210b2003200c6a2003200c6afd000400200a200bfd4ffde4' +
    '01fd0b0400200a200bfd4e210a200c20076a210c200e41016b220e0d000b200c20086a210c200d41016b220d0d000b20' +
    '0041106a2100200141106a2101200241106a2102200341106a2103200441016b22040d000b0b',
};

/**
 * Adds the `dy` of a window to `dx`, of `quads * 4` channels.
 *
 * @param x The address, in bytes, of the first cell of the window that exists; `dx` that of the same cell.
 * @param y The address of the maximum; `dy` that of its gradient.
 * @param rows How many rows of cells exist, 1 or more; `columns` how many of each.
 * @param cell Bytes from a cell to the next.
 * @param rest Bytes from behind the last cell of a row to the first of the next.
 */
export type VectorMaximum = (
  x: number,
  y: number,
  dy: number,
  dx: number,
  quads: number,
  rows: number,
  columns: number,
  cell: number,
  rest: number,
) => void;
