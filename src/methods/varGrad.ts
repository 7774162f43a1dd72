import { manyPasses } from '../explanations/calls/manyPasses';
import type { SampledMethod } from '../explanations/calls/method';
import { varianceOf } from '../explanations/passes/moments';
import { askNoisy, noisyMaps, noisyNames, resolveNoisy } from '../explanations/noise/noisyMaps';
import type { Noisy, NoisyOptions } from '../explanations/noise/noisyMaps';
import { sampled } from '../explanations/passes/passes';
import { saliency } from './saliency';

/** Options of `varGrad`; those of its `method` are taken beside them. */
export type VarGradOptions = NoisyOptions;

/**
 * VarGrad: the variance of the maps of noisy copies of the input.
 *
 * `M(x) = 1/(n − 1) · Σ_k (m(x + ε_k) − m̄)², ε_k ~ N(0, (noise · (max x − min x))²)`
 *
 * `m` is `method`, by default the gradient, and `m̄` the mean of its maps, which is `smoothGrad`. A cell says
 * how much the map there hangs on the noise, not for or against which class it speaks.
 *
 * @function
 * @param model A LayersModel, a GraphModel, a prepared model, or a differentiable function of tensors.
 * @param x `[batch, ...]`, a list of such, or by input name, values as the model expects them. Integers
 *   beside floats stay as they are in each pass, and get zeros. In use until the promise is settled.
 * @returns A promise of the variance of what `method` gives, in the square of its unit; not negative. The
 *   caller disposes it.
 * @throws As `smoothGrad`; RangeError if `samples` is less than 2.
 * @see Adebayo et al. 2018 — https://arxiv.org/abs/1810.03307
 * @example
 * ```ts
 * const map = await varGrad(model, image, { target: 281, samples: 25, seed: 1 });
 * ```
 *
 * ![The photo of the README by varGrad](../../docs/methods/varGrad.jpg)
 */
export const varGrad: SampledMethod<VarGradOptions> = /* @__PURE__ */ manyPasses<VarGradOptions>({
  name: 'varGrad',
  options: (given) => noisyNames(given, [], saliency),
  resolve: ({ method = saliency, ...rest }, model, x) => resolveNoisy({ ...rest, method }, model, x, 2),
  ask: (options) => askNoisy(options as Noisy<VarGradOptions>, []),
  passes: (opened) => {
    const { options, control } = opened as typeof opened & { options: Noisy<VarGradOptions> };
    return sampled(options.samples, control, noisyMaps({ ...opened, options }), varianceOf);
  },
});
