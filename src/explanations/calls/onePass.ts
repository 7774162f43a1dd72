import { door } from '../../errors/door';
import type { Inputs } from '../../model/inputs';
import type { Model } from '../../model/networkOf';
import { tidied } from '../../tensors/tidied';
import { openExplainer } from '../explainer/explainer';
import type { Explanation } from '../explainer/explainer';
import { carrying, checkNames } from './method';
import type { MethodDefinition, SaliencyMethod } from './method';
import { checkLooks } from '../explainer/checkOptions';
import type { PlaceName, TargetOptions } from '../explainer/options';

/** A method of one pass as a function, which gives the map alone. */
export function onePass<O extends TargetOptions, F extends object = SaliencyMethod<O>>(
  definition: MethodDefinition<O>,
): F {
  const method = (model: Model, x: Inputs, options: O = {} as O): Inputs =>
    door(definition.name, () => {
      checkNames(definition, options);
      return tidied(() => explainOnePass(definition, model, x, options).map);
    });
  return carrying<object, O>(method, definition) as F;
}

/**
 * The map of a method of one pass, with all that its explainer gives, and the options with the defaults.
 *
 * @param at What is looked at for the caller.
 */
export function explainOnePass<O extends object>(
  { ask, map, gapOnce, resolve = (given) => given }: MethodDefinition<O>,
  model: Model,
  x: Inputs,
  options: O,
  at: readonly PlaceName[] = [],
): Explanation & { readonly options: O } {
  checkLooks(at);
  const resolved = resolve(options, model, x);
  const asked = ask(resolved);
  const own = asked.at ?? [];
  const explanation = tidied(() => {
    const explainer = openExplainer(model, { ...asked, at: [...own, ...at] });
    try {
      const explained = explainer.explain(x);
      const seen = explained.at.slice((asked.ordinaryAt?.length ?? 0) + own.length);
      const made = map ? map(explained, x, resolved, model) : explained.map;
      return { ...explained, at: seen, map: made, reference: undefined, gap: gapOnce?.(explained, resolved) };
    } finally {
      explainer.close();
    }
  });
  return { ...explanation, options: resolved };
}
