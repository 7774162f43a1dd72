import type { LayersModel } from '@tensorflow/tfjs-layers';
import { copyModel } from './copies/copyModel';
import { checkEngine } from '../errors/checkEngine';
import { door, ours } from '../errors/door';
import { kindOf } from '../errors/kindOf';
import { checkOptionNames } from '../errors/optionNames';
import type { Layer } from '../model/layers/layerGraph';
import { isGraphModel, isLayersModel } from '../model/modelKinds';
import { quoted } from '../errors/quoted';
import { type LayerEdit } from './copies/shadowLayer';
import { refCountOf } from '../model/layers/layerGraph';
import { ruleOf } from '../ops/withRule';
import type { ActivationSite } from './activationSites';
import { overriddenActivation, overriddenCall } from './overridden';
import type { Override, OverrideOptions, Overrides } from './overrides';
import { planOverrides, type Decision } from './planOverrides';

/**
 * Copies a LayersModel with other activations: with rules at its rectifiers, or with ops in their place.
 *
 * The copy is a LayersModel that shares the weights: none is copied, and the model's further training
 * shows in it. Under a rule it predicts what the model predicts, to within what a fused kernel rounds
 * otherwise, and its gradients follow the rule, in `saliency` and in TF.js's own `tf.grad`. The model
 * itself is not changed.
 *
 * One rule for all reaches every rectifier: the activations relu, relu6, elu and selu, and the layers
 * ReLU (with the clip of its `maxValue`), LeakyReLU, PReLU, ELU and ThresholdedReLU; in nested models,
 * wrappers and the cells of RNNs as well. Smooth gates such as swish are left alone unless a map names
 * them. What is reached, and what is left and why, `describeOverrides` tells.
 *
 * The copy can do what leaves the weights alone: `predict`, `apply`, `summary`, `getLayer`, `layers`,
 * `inputs`, `outputs`, be a layer of another model, be overridden again. `compile`, `fit`, `evaluate`,
 * `save`, `setWeights` and their relatives throw: use the original for them. A stateful RNN in it starts
 * each call from the state that the original is in, and leaves it there. Dispose the copy or not, it
 * holds nothing; but keep the original in use.
 *
 * @param model The model: functional or Sequential, nested, with shared layers, wrappers and custom
 *   layers. A custom layer with an `activation` that is overridden must not use private `#fields`.
 * @param overrides `guided`, another rule, or `{ op }` for all rectifiers; or a map from activations and
 *   layer classes.
 * @returns The copy, of the same class as the model.
 * @throws TypeError if `model` is no LayersModel, `overrides` or `layers` is of the wrong kind, or an
 *   option is unknown.
 * @throws RangeError if there is nothing to override, or nothing of a name that is given.
 * @throws Error if the model is not built, or disposed.
 * @example
 * ```ts
 * const guidedModel = overrideActivations(model, guided);
 * saliency(guidedModel, image, { target: 281 }); // what guidedBackprop does
 * ```
 */
export function overrideActivations<M extends LayersModel>(
  model: M,
  overrides: Overrides,
  options: OverrideOptions = {},
): M {
  return door('overrideActivations', () => {
    checkEngine();
    checkOptionNames(options, ['layers']);
    checkModel(model);
    const plan = planOverrides(model, overrides, options.layers);
    const edits = new Map<Layer, LayerEdit>();
    for (const { site, override } of plan) {
      if (override) edits.set(site.layer, merged(edits.get(site.layer), editOf(site, override)));
    }
    if (edits.size === 0) throw nothingToOverride(model.name, plan);
    return copyModel('overrideActivations', model, edits);
  });
}

function editOf(site: ActivationSite, override: Override): LayerEdit {
  const { held } = site;
  const ownCode = typeof override !== 'function' && !ruleOf(override.op);
  if (held === 'call') return { call: overriddenCall(site, override), ownCode };
  return { fields: { [held]: overriddenActivation(site, override) }, ownCode };
}

/** A cell has two activations. */
function merged(one: LayerEdit | undefined, other: LayerEdit): LayerEdit {
  return {
    ...one,
    ...other,
    fields: { ...one?.fields, ...other.fields },
    ownCode: one?.ownCode === true || other.ownCode === true,
  };
}

function nothingToOverride(model: string, plan: readonly Decision[]): RangeError {
  const named = plan.filter(({ isNamed }) => isNamed);
  const names = quoted(new Set(named.map(({ site }) => site.activation)));
  const place = named.length < plan.length ? 'in the layers named' : `in "${model}"`;
  const there = names ? `the activations there are ${names}` : 'there are no activations';
  return ours(new RangeError(`found nothing to override ${place}; ${there}`));
}

function checkModel(model: unknown): asserts model is LayersModel {
  const expected = 'expected model to be a LayersModel';
  if (isGraphModel(model) && !isLayersModel(model)) {
    throw ours(
      new TypeError(
        `${expected}, got a GraphModel, which has no layers to copy; use saliency(model, x, { rule })`,
      ),
    );
  }
  if (typeof model === 'function') {
    throw ours(
      new TypeError(
        `${expected}, got a function; use saliency(model, x, { rule }), or ops such as guidedRelu in it`,
      ),
    );
  }
  if (!isLayersModel(model)) throw ours(new TypeError(`${expected}, got ${kindOf(model)}`));
  if (model.outputs.length === 0) {
    throw ours(new Error(`the model "${model.name}" is not built; give its first layer an inputShape`));
  }
  if (refCountOf(model) === 0) throw ours(new Error(`the model "${model.name}" is disposed`));
}
