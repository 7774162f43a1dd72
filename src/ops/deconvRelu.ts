import { relu } from '@tensorflow/tfjs-core';
import { deconv } from '../rules/deconv';
import { ruledOp } from './withRule';
import type { RuledOp } from './withRule';

/**
 * A ReLU with the gradient of a deconvnet, for models that are written with it.
 *
 * `y = max(x, 0)`, `dx′ = max(dy, 0)`
 *
 * The gradient does not look at `x`. Works in `tf.grad` as in `saliency`, alone and in chains; a NaN in
 * `dy` is not hidden.
 *
 * @param x A tensor of any rank, a number, nested arrays or a typed array; integers are cast to float32.
 * @returns A tensor of the shape of `x`. The caller disposes it.
 * @throws TypeError if `x` does not hold numbers.
 * @see Zeiler & Fergus 2014 — https://arxiv.org/abs/1311.2901
 * @example
 * ```ts
 * const map = tf.grad((x) => tf.sum(deconvRelu(tf.sub(x, 0.5))))(image);
 * ```
 */
export const deconvRelu: RuledOp = /* @__PURE__ */ ruledOp('deconvRelu', relu, deconv);
