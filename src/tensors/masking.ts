import {
  abs,
  cast,
  equal,
  greater,
  greaterEqual,
  mul,
  step,
  sub,
  where,
  zerosLike,
} from '@tensorflow/tfjs-core';
import type { Tensor } from '@tensorflow/tfjs-core';
import { currentBackend } from '../backends/backend';
import { selectFlat } from './selectFlat';

/*
 * Gradients that pass where a comparison holds.
 *
 * Where comparisons and `where` are plain loops, as on wasm, vectorised arithmetic and `step` are 20 to 30
 * times as fast: there a mask is [a > b] = step(a - b) or [a = b] = 1 - step(|a - b|), and multiplies. So a
 * closed gate turns a `dy` of NaN or Infinity into NaN there, elsewhere into 0, and equal infinities give
 * NaN.
 */

const isArithmetic = (): boolean => currentBackend().hasPlainLoops;

const greaterMask = (a: Tensor, b: Tensor | number): Tensor => step(b === 0 ? a : sub(a, b));

/** 1 where a = b, else 0. */
export function equalMask(a: Tensor, b: Tensor | number): Tensor {
  if (isArithmetic()) return sub(1, step(abs(sub(a, b))));
  // webgpu casts by name only: the integers inside would break a kernel that copies them
  return mul(cast(equal(a, b), 'float32'), 1);
}

/** `dy` where the condition, of its shape, holds; else 0. */
const keptWhere = (condition: Tensor, dy: Tensor): Tensor =>
  selectFlat(dy.shape, [condition, dy], (condition, dy) => where(condition, dy, zerosLike(dy)));

/** `dy` where a = b, else 0. */
export function whereEqual(a: Tensor, b: Tensor, dy: Tensor): Tensor {
  return isArithmetic() ? mul(equalMask(a, b), dy) : keptWhere(equal(a, b), dy);
}

/** `dy` where a > b, else 0. */
export function whereGreater(a: Tensor, b: Tensor | number, dy: Tensor): Tensor {
  return isArithmetic() ? mul(greaterMask(a, b), dy) : keptWhere(greater(a, b), dy);
}

/** `dy` where a >= b, else 0. */
export function whereNotLess(a: Tensor, b: Tensor, dy: Tensor): Tensor {
  return isArithmetic() ? mul(sub(1, greaterMask(b, a)), dy) : keptWhere(greaterEqual(a, b), dy);
}
