import { mul, sub } from '@tensorflow/tfjs-core';
import type { Tensor } from '@tensorflow/tfjs-core';
import type { SaliencyMethod } from '../explanations/calls/method';
import { onePass } from '../explanations/calls/onePass';
import type { TargetOptions } from '../explanations/explainer/options';
import { baselineFor } from './deepLift/baselineFor';
import type { DeepLiftBaseline } from './deepLift/baselineFor';
import { multipliersThrough } from './deepLift/multipliersThrough';
import { totalOf } from './totalOf';

/** Options of `deepLift`. */
export interface DeepLiftOptions extends TargetOptions {
  /**
   * What the input is set against: a number for all of its values, a tensor of its shape or of one sample; of
   * several inputs a list of such, or by name. A number is for inputs of floats: those of integers are set
   * against themselves, as with null, or no name, in such a list; where there are no others a tensor must be
   * given. @default 0
   */
  baseline?: DeepLiftBaseline;
}

/**
 * DeepLIFT: what each value of the input adds to the score, set against a baseline.
 *
 * `Σ_i C_i = S(x) − S(x′)`, `C_i = m_i (x_i − x′_i)`; `m = Δy / Δx` through each activation
 *
 * Where a value is the baseline's, its cell is 0. Two passes forward at once, one back. Where values
 * multiply, the product is shared by the mean over both orders in which they change; max pooling by the
 * cross-maximum rule. How far the sum is off is the `gap` in the record of `explain`, of each sample. A
 * softmax on the way, as in attention, is the exponential of a logarithm: `y = exp(x − log Σ exp(x))`.
 *
 * @function
 * @param model A LayersModel, a GraphModel, or a differentiable function of tensors.
 * @param x `[batch, ...]`, a list of such, or by input name, values as the model expects them.
 * @returns The same structure and shapes as `x`, or of `wrt`: a share of the change of the score, in its
 *   unit. The caller disposes it.
 * @throws TypeError if `baseline` is neither number nor tensor; RangeError if its shape does not fit; Error
 *   if a kernel on the way has no multipliers; otherwise as `saliency`.
 * @see Shrikumar et al. 2017 — https://arxiv.org/abs/1704.02685
 * @see Lundberg & Lee 2017 — https://arxiv.org/abs/1705.07874
 * @example
 * ```ts
 * const map = deepLift(model, image, { target: 281, baseline: 0 });
 * ```
 *
 * ![The photo of the README by deepLift](../../docs/methods/deepLift.jpg)
 */
export const deepLift: SaliencyMethod<DeepLiftOptions> = /* @__PURE__ */ onePass({
  name: 'deepLift',
  options: ['target', 'score', 'wrt', 'from', 'batchSize', 'baseline'],
  resolve: ({ baseline = 0, ...options }: DeepLiftOptions): DeepLiftOptions => ({ ...options, baseline }),
  ask: ({ baseline, ...options }) => ({
    ...options,
    propagation: {
      reference: (inputs) => baselineFor(inputs, baseline),
      through: multipliersThrough,
      end: contribution,
    },
  }),
  gapOnce: ({ map, value, reference }, { wrt }) => {
    const total = totalOf(map, value, wrt);
    return total && sub(total, sub(value, reference as Tensor));
  },
});

function contribution(multiplier: Tensor, here: Tensor, there: Tensor): Tensor {
  return mul(multiplier, sub(here, there));
}
