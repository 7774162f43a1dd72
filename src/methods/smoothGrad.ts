import { square } from '@tensorflow/tfjs-core';
import { shown } from '../errors/kindOf';
import { wrongKind } from '../errors/wrongKind';
import { manyPasses } from '../explanations/calls/manyPasses';
import type { SampledMethod } from '../explanations/calls/method';
import { askNoisy, noisyMaps, noisyNames, resolveNoisy } from '../explanations/noise/noisyMaps';
import type { Noisy, NoisyOptions } from '../explanations/noise/noisyMaps';
import { sampled } from '../explanations/passes/passes';
import { mapTensors } from '../explanations/inputs/structure';
import { saliency } from './saliency';

/** Options of `smoothGrad`; those of its `method` are taken beside them. */
export interface SmoothGradOptions extends NoisyOptions {
  /**
   * Whether the maps are squared before their mean is taken.
   *
   * @default false
   */
  squared?: boolean;
}

/**
 * SmoothGrad: the mean map of noisy copies of the input.
 *
 * `M(x) = 1/n · Σ_k m(x + ε_k), ε_k ~ N(0, (noise · (max x − min x))²)`, with `squared` of `m²`
 *
 * `m` is `method`, by default the gradient. All copies are explained for the class of the input itself. Every
 * sample of a batch gets the same noise, scaled by its own range. One copy without noise gives the plain map.
 *
 * @function
 * @param model A LayersModel, a GraphModel, a prepared model, or a differentiable function of tensors.
 * @param x `[batch, ...]`, a list of such, or by input name, values as the model expects them. Integers
 *   beside floats stay as they are in each pass, and get zeros. In use until the promise is settled.
 * @returns A promise of what `method` gives, in its unit; squared, in its square. The caller disposes it.
 * @throws TypeError if `method` is no method of one pass, or as `method`; RangeError if `samples`, `noise` or
 *   `seed` is out of range, or noise that is given does not fit; otherwise as `method`. The reason of
 *   `signal`. The promise is rejected, and no tensor is left.
 * @see Smilkov et al. 2017 — https://arxiv.org/abs/1706.03825
 * @example
 * ```ts
 * const map = await smoothGrad(model, image, { target: 281, samples: 25, seed: 1 });
 * ```
 *
 * ![The photo of the README by smoothGrad](../../docs/methods/smoothGrad.jpg)
 */
export const smoothGrad: SampledMethod<SmoothGradOptions> = /* @__PURE__ */ manyPasses<SmoothGradOptions>({
  name: 'smoothGrad',
  options: (given) => noisyNames(given, ['squared'], saliency),
  resolve: ({ squared = false, method = saliency, ...rest }, model, x) => {
    if (typeof squared !== 'boolean')
      throw wrongKind('squared to be true or false', squared, undefined, shown(squared));
    return resolveNoisy({ ...rest, method, squared }, model, x);
  },
  ask: (options) => askNoisy(options as Noisy<SmoothGradOptions>, ['squared']),
  passes: (opened) => {
    const { options, control } = opened as typeof opened & { options: Noisy<SmoothGradOptions> };
    const maps = noisyMaps({ ...opened, options });
    return sampled(options.samples, control, (first, count) => {
      const some = maps(first, count);
      return options.squared ? mapTensors(some, (map) => square(map)) : some;
    });
  },
});
