import { door, ours } from '../errors/door';
import { ruleFor } from '../rules/ruleFor';
import { checkOptionNames } from '../errors/optionNames';
import { inside, isGraphModel, isLayersModel, type LoadedModel } from '../model/modelKinds';
import { notAModel } from '../model/notAModel';
import { describeGraph } from './describeGraph';
import { graphRules } from './graphRules';
import { type ActivationReport, type OverrideOptions, type Overrides } from './overrides';
import { planOverrides, reported } from './planOverrides';

/**
 * Tells what overrides reach in a model: each of its activations, whether it is replaced, and why.
 *
 * Of a LayersModel it tells what `overrideActivations` does with the same arguments; of a GraphModel,
 * what `saliency(model, x, { rule })` reaches, if it is on the way to the target.
 *
 * @param overrides As `overrideActivations` takes them; for a GraphModel a rule, or a map from
 *   activations to rules.
 * @returns The activations in the order of the layers or nodes, also where nothing is replaced.
 * @throws TypeError if `model`, `overrides` or `layers` is of the wrong kind, or an option is unknown.
 * @throws RangeError if the model has no activation, class or layer of a name that is given.
 * @example
 * ```ts
 * for (const { path, activation, replaced, reason } of describeOverrides(model, guided)) {
 *   console.log(path.join('/'), activation, replaced, reason);
 * }
 * ```
 */
export function describeOverrides(
  model: LoadedModel,
  overrides: Overrides,
  options: OverrideOptions = {},
): ActivationReport[] {
  return door('describeOverrides', () => {
    checkOptionNames(options, ['layers']);
    if (isLayersModel(model)) return planOverrides(model, overrides, options.layers).map(reported);
    if (!isGraphModel(model)) {
      throw notAModel(model, 'a LayersModel or a GraphModel', 'a function has no layers to describe');
    }
    const rules = graphRules(inside(model), overrides);
    if (options.layers !== undefined) {
      throw ours(new TypeError('expected no layers for a GraphModel, whose rule holds everywhere, got some'));
    }
    return describeGraph(inside(model), ruleFor(rules), typeof rules !== 'function');
  });
}
