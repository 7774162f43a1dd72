import {
  abs,
  cast,
  equal,
  getBackend,
  greater,
  greaterEqual,
  mul,
  step,
  sub,
  where,
  zerosLike,
} from '@tensorflow/tfjs-core';
import type { Tensor } from '@tensorflow/tfjs-core';
import { selectFlat } from './selectFlat';

/*
 * Gradients that pass where a comparison holds.
 *
 * On wasm, comparisons and `where` are plain loops, and 20 to 30 times slower than the vectorised arithmetic
 * and `step`: there a mask is [a > b] = step(a - b) or [a = b] = 1 - step(|a - b|), and multiplies. So on
 * wasm a closed gate turns a `dy` of NaN or Infinity into NaN, elsewhere into 0, and equal infinities give
 * NaN.
 */

const isWasm = (): boolean => getBackend() === 'wasm';

const greaterMask = (a: Tensor, b: Tensor | number): Tensor => step(b === 0 ? a : sub(a, b));

/** 1 where a = b, else 0. */
export function equalMask(a: Tensor, b: Tensor | number): Tensor {
  if (isWasm()) return sub(1, step(abs(sub(a, b))));
  // webgpu casts by name only: the integers inside would break a kernel that copies them
  return mul(cast(equal(a, b), 'float32'), 1);
}

/** `dy` where the condition, of its shape, holds; else 0. */
const keptWhere = (condition: Tensor, dy: Tensor): Tensor =>
  selectFlat(dy.shape, [condition, dy], (condition, dy) => where(condition, dy, zerosLike(dy)));

/** `dy` where a = b, else 0. */
export function whereEqual(a: Tensor, b: Tensor, dy: Tensor): Tensor {
  return isWasm() ? mul(equalMask(a, b), dy) : keptWhere(equal(a, b), dy);
}

/** `dy` where a > b, else 0. */
export function whereGreater(a: Tensor, b: Tensor | number, dy: Tensor): Tensor {
  return isWasm() ? mul(greaterMask(a, b), dy) : keptWhere(greater(a, b), dy);
}

/** `dy` where a >= b, else 0. */
export function whereNotLess(a: Tensor, b: Tensor, dy: Tensor): Tensor {
  return isWasm() ? mul(sub(1, greaterMask(b, a)), dy) : keptWhere(greaterEqual(a, b), dy);
}
