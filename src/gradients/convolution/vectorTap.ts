import type { VectorCode } from '../../backends/vectorCode';

/*
 * One tap of depthwiseByTaps.ts over a row of cells in the memory of TF.js's wasm backend, four channels at a
 * time. This is what the bytes below say:
 *
 *   (module
 *     (import "tfjs" "memory" (memory 0))
 *     (func (export "add")
 *       (param $dy i32) (param $w i32) (param $dx i32)
 *       (param $cells i32) (param $quads i32) (param $step i32)
 *       (local $at i32) (local $to i32) (local $q i32)
 *       (loop $cell
 *         (local.set $at (local.get $w))
 *         (local.set $to (local.get $dx))
 *         (local.set $q (local.get $quads))
 *         (loop $quad
 *           (v128.store (local.get $to)
 *             (f32x4.add
 *               (v128.load (local.get $to))
 *               (f32x4.mul (v128.load (local.get $dy)) (v128.load (local.get $at)))))
 *           (local.set $dy (i32.add (local.get $dy) (i32.const 16)))
 *           (local.set $at (i32.add (local.get $at) (i32.const 16)))
 *           (local.set $to (i32.add (local.get $to) (i32.const 16)))
 *           (br_if $quad (local.tee $q (i32.sub (local.get $q) (i32.const 1)))))
 *         (local.set $dx (i32.add (local.get $dx) (local.get $step)))
 *         (br_if $cell (local.tee $cells (i32.sub (local.get $cells) (i32.const 1)))))))
 */

export const VECTOR_TAP: VectorCode = {
  name: 'add',
  head: '0061736d01000000010a0160067f7f7f7f7f7f00',
  code:
    '030201000707010361646400000a64016201037f0340200121062002210720042108034020072007fd0004002000fd00' +
    '04002006fd000400fde601fde401fd0b0400200041106a2100200641106a2106200741106a2107200841016b22080d00' +
    '0b200220056a2102200341016b22030d000b0b',
};

/**
 * Adds `dy · w` to `dx` for `cells` cells, 1 or more, of `quads * 4` channels each.
 *
 * @param dy The address, in bytes, of the first cell, the others behind it; `w` that of the tap, `dx` that of
 *   the cell to which the first one belongs.
 * @param step Bytes from there to the cell of the next one.
 */
export type VectorTap = (
  dy: number,
  w: number,
  dx: number,
  cells: number,
  quads: number,
  step: number,
) => void;
