import { door, ours } from '../errors/door';
import { shown } from '../errors/kindOf';
import { checkOptionNames } from '../errors/optionNames';
import { wrongKind } from '../errors/wrongKind';
import { openExplainer } from '../explanations/explainer/explainer';
import type { SaliencyMethod, ValueAndSaliency } from '../explanations/calls/method';
import { SALIENCY_OPTIONS } from '../explanations/explainer/options';
import type { SaliencyOptions } from '../explanations/explainer/options';
import type { Inputs } from '../model/inputs';
import type { Model } from '../model/networkOf';
import { LABEL, checkAt, checkOutput } from '../targets/checkTarget';
import type { Asked, Choice } from '../targets/target';
import { tidied } from '../tensors/tidied';

/** Options of `classMaps`. */
export interface ClassMapsOptions extends Omit<SaliencyOptions, 'target'> {
  /** The classes, or the highest of each sample: `'top5'`, or as many as the number says. */
  classes: readonly number[] | `top${number}`;
  /** Which output, of a model with several: its name, or its number. */
  output?: string | number;
  /** Where, in an output that has scores at many places: an index for each axis between batch and classes. */
  at?: readonly number[];
}

/**
 * A map of each class: one pass forward, and one back for each.
 *
 * `M_c(x) = ∂S_c(x) / ∂x`
 *
 * @function
 * @param model A LayersModel, a GraphModel, or a differentiable function of tensors.
 * @param x `[batch, ...]`, a list of such, or by input name, values as the model expects them.
 * @returns `{ map, value, classes }` for each class asked for, in that order: the map as `saliency` gives it,
 *   the score of each sample, the class of each. With `'top5'` the highest comes first, of each sample. The
 *   caller disposes all of it.
 * @throws TypeError if `classes` is neither a list nor `'top…'`; otherwise as `saliency`.
 * @see Simonyan et al. 2013 — https://arxiv.org/abs/1312.6034
 * @example
 * ```ts
 * for (const { map, value, classes } of classMaps(model, image, { classes: 'top5' })) {
 *   value.print();
 *   tf.dispose([map, value, classes ?? []]);
 * }
 * ```
 */
export const classMaps = ((model: Model, x: Inputs, options = {} as ClassMapsOptions) =>
  door('classMaps', () => {
    const others = SALIENCY_OPTIONS.filter((name) => name !== 'target');
    checkOptionNames(options, [...others, 'classes', 'output', 'at']);
    const { classes, output, at, ...rest } = options;
    checkOutput(output);
    checkAt(at);
    const targets = targetsFor(classes, { output, nth: 0, ...(at === undefined ? {} : { at }) });
    return tidied((): ValueAndSaliency<Inputs>[] => {
      const explainer = openExplainer(model, { ...rest, target: targets[0] });
      try {
        const explained = explainer.explain(x, targets);
        return explained.map(({ map, value, classes: chosen }) => ({ map, value, classes: chosen }));
      } finally {
        explainer.close();
      }
    });
  })) as ClassMaps;

/** `classMaps`, as it is called; its options are not optional. */
export type ClassMaps = SaliencyMethod<ClassMapsOptions, 'maps'>;

function targetsFor(classes: unknown, of: Choice): Asked[] {
  const top = typeof classes === 'string' ? /^top([1-9]\d*)$/.exec(classes)?.[1] : undefined;
  if (top !== undefined) return Array.from({ length: Number(top) }, (_, nth) => ({ ...of, nth }));
  if (!Array.isArray(classes) || classes.length === 0) {
    throw wrongKind('classes to be a list of classes or "top5"', classes, undefined, shown(classes));
  }
  return Array.from(classes as readonly unknown[], (one) => {
    if (typeof one !== 'number') {
      const hint = typeof one === 'string' ? `; ${LABEL}` : '';
      throw ours(new RangeError(`expected classes to be numbers, got ${shown(one)}${hint}`));
    }
    return { ...of, class: one };
  });
}
