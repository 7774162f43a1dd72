import { relu } from '@tensorflow/tfjs-core';
import { guided } from '../rules/guided';
import { ruledOp } from './withRule';
import type { RuledOp } from './withRule';

/**
 * A ReLU with the gradient of guided backpropagation, for models that are written with it.
 *
 * `y = max(x, 0)`, `dx′ = dy where x > 0 and dy > 0, else 0`
 *
 * Works in `tf.grad` as in `saliency`, alone and in chains. Nothing passes at exactly 0; a NaN in `dy` is
 * not hidden.
 *
 * @param x A tensor of any rank, a number, nested arrays or a typed array; integers are cast to float32.
 * @returns A tensor of the shape of `x`. The caller disposes it.
 * @throws TypeError if `x` does not hold numbers.
 * @see Springenberg et al. 2015 — https://arxiv.org/abs/1412.6806
 * @example
 * ```ts
 * const map = tf.grad((x) => tf.sum(guidedRelu(tf.sub(x, 0.5))))(image);
 * ```
 */
export const guidedRelu: RuledOp = /* @__PURE__ */ ruledOp('guidedRelu', relu, guided);
