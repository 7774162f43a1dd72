import { door } from '../errors/door';
import { checkOptionNames } from '../errors/optionNames';
import { openExplainer } from '../explanations/explainer/explainer';
import type { SaliencyMethod, ValueAndSaliency } from '../explanations/calls/method';
import { SALIENCY_OPTIONS } from '../explanations/explainer/options';
import type { SaliencyOptions } from '../explanations/explainer/options';
import type { Inputs } from '../model/inputs';
import type { Model } from '../model/networkOf';
import { tidied } from '../tensors/tidied';

/**
 * Saliency with the explained score and class, from the same forward pass, as `tf.valueAndGrad` does.
 *
 * `{ map: ∂S(x) / ∂x, value: S(x), classes: argmax S(x), or the target given }`
 *
 * @function
 * @param model A LayersModel, a GraphModel, or a differentiable function of tensors.
 * @param x `[batch, ...]`, a list of such, or by input name, values as the model expects them.
 * @returns The map, in the structure of `x`; the score, in the score's own unit; the class. The caller
 *   disposes them.
 * @throws As `saliency`.
 * @see Simonyan et al. 2013 — https://arxiv.org/abs/1312.6034
 * @example
 * ```ts
 * const { map, value, classes } = valueAndSaliency(model, image);
 * console.log(await value.data(), await classes?.data()); // the score of the class that was explained
 * ```
 */
export const valueAndSaliency = ((model: Model, x: Inputs, options: SaliencyOptions = {}) =>
  door('valueAndSaliency', () => {
    checkOptionNames(options, SALIENCY_OPTIONS);
    return tidied((): ValueAndSaliency<Inputs> => {
      const explainer = openExplainer(model, options);
      try {
        const { map, value, classes } = explainer.explain(x);
        return { map, value, classes };
      } finally {
        explainer.close();
      }
    });
  })) as SaliencyMethod<SaliencyOptions, 'valueAndMap'>;
