import type { Tensor } from '@tensorflow/tfjs-core';
import type { LayersModel } from '@tensorflow/tfjs-layers';
import { ours } from '../../errors/door';
import { eachCall } from '../../model/layers/eachCall';
import { innerModel } from '../../model/layers/innerModel';
import { isContainer, refCountOf } from '../../model/layers/layerGraph';
import type { Layer } from '../../model/layers/layerGraph';
import { isPlain } from '../../model/layers/planRun';
import { layersWithin } from '../../model/layers/sublayers';
import { copyModel } from '../../overrides/copies/copyModel';
import { define } from '../../overrides/copies/shadowLayer';
import type { LayerEdit } from '../../overrides/copies/shadowLayer';
import { isWeights } from './weighted';
import type { Replaced, Weight, WeightedLayer, WeightedModel } from './weighted';

/** What tfjs-layers calls a `LayerVariable`. */
export interface Variable {
  readonly name: string;
  readonly val: Tensor;
  read(): Tensor;
}

const NORMS: ReadonlySet<string> = new Set(['BatchNormalization', 'LayerNormalization']);

/**
 * The layers of a LayersModel that have weights; one called more than once stands at its last call.
 *
 * @param counts Whether a variable is a weight.
 */
export function weightedLayers<M extends LayersModel>(
  maker: string,
  model: M,
  counts: (tensor: Tensor) => boolean = isWeights,
): WeightedModel<M> {
  if (refCountOf(model) === 0) throw ours(new Error(`the model "${model.name}" is disposed`));
  const layers = new Map<Layer, WeightedLayer>();
  const built = model.built ? model : (innerModel(model) ?? model);
  for (const { chain, path } of eachCall(built)) {
    const { outboundLayer: layer } = chain[chain.length - 1]!;
    if (isContainer(layer) && isPlain(layer)) continue;
    const weights = withInner(layer).flatMap((one) => weightsOf(one, counts));
    layers.delete(layer); // what is set anew comes last
    if (weights.length === 0) continue;
    const isNorm = NORMS.has(layer.getClassName());
    layers.set(layer, { path: path.length === 1 ? path[0]! : path, isNorm, weights });
  }
  return {
    layers: [...layers.values()],
    copy: (replaced, owned) => {
      const inner = layersWithin(model).map(({ layer }) => layer);
      const edits = new Map<Layer, LayerEdit>();
      for (const layer of inner) {
        const fields = replacedFields(layer, replaced);
        if (Object.keys(fields).length > 0) edits.set(layer, { fields });
      }
      const copy = copyModel(maker, model, edits);
      const dispose = copy.dispose.bind(copy);
      define(copy, {
        dispose: () => {
          const result = dispose();
          if (result.refCountAfterDispose > 0) return result;
          for (const tensor of owned) tensor.dispose();
          return { ...result, numDisposedVariables: owned.length };
        },
      });
      return copy;
    },
  };
}

function withInner(layer: Layer): Layer[] {
  return [layer, ...layersWithin(layer).map((placed) => placed.layer)];
}

function weightsOf(layer: Layer, counts: (tensor: Tensor) => boolean): Weight[] {
  const found = new Map<Variable, Weight>();
  for (const [field, value] of fieldsOf(layer)) {
    for (const variable of variablesIn(value)) {
      const name = value === variable ? field : variable.name;
      if (counts(variable.val) && !found.has(variable)) {
        found.set(variable, { name, tensor: variable.val, key: variable });
      }
    }
  }
  return [...found.values()];
}

/** The fields of a layer that hold a replaced weight, one or a list, with the other in its place. */
function replacedFields(layer: Layer, replaced: Replaced): Record<string, unknown> {
  const fields: Record<string, unknown> = {};
  for (const [field, value] of fieldsOf(layer)) {
    const variables = variablesIn(value);
    if (!variables.some((variable) => replaced.has(variable))) continue;
    const others = variables.map((variable) => standIn(variable, replaced.get(variable)));
    fields[field] = Array.isArray(value) ? others : others[0];
  }
  return fields;
}

/** The same variable with another value. */
export function standIn(variable: Variable, val: Tensor | undefined): Variable {
  return val ? (Object.create(variable, { val: { value: val, enumerable: true } }) as Variable) : variable;
}

/** The fields of a layer, single weights before lists of them; of a copy, those of its original too. */
function fieldsOf(layer: Layer): [string, unknown][] {
  const fields: [string, unknown][] = [];
  for (const name in layer) fields.push([name, Reflect.get(layer, name)]);
  return fields.sort(([, a], [, b]) => Number(Array.isArray(a)) - Number(Array.isArray(b)));
}

function variablesIn(value: unknown): Variable[] {
  if (isVariable(value)) return [value];
  return Array.isArray(value) && value.every(isVariable) ? value : [];
}

function isVariable(value: unknown): value is Variable {
  const { val, read } = Object(value) as Partial<Variable>;
  return val !== undefined && typeof read === 'function';
}
