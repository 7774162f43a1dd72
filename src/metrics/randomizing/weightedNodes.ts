import type { Tensor } from '@tensorflow/tfjs-core';
import { checkWeights } from '../../model/graphs/graphWeights';
import { startsOf } from '../../model/graphs/checkRuns';
import { nodesNamed } from '../../model/graphs/floatNodes';
import { inside } from '../../model/modelKinds';
import type { GraphModelInside, GraphModelLike } from '../../model/modelKinds';
import { graphFace } from '../../overrides/copies/graphFace';
import { constantBehind, HANDING_ON } from './constantBehind';
import { graphSteps } from './graphSteps';
import type { GraphStep } from './graphSteps';
import { isWeights } from './weighted';
import type { Replaced, Weight, WeightedModel } from './weighted';

/** Ops that are given a kernel. */
const WITH_KERNEL = /Conv|MatMul|Einsum|Gather/;

const NORM = /^FusedBatchNorm/;

/**
 * The nodes of a GraphModel that are given a kernel, with the weights behind each, such as its bias. What
 * comes before the first of them prepares the input, and is no weight. What a loop or a branch calls is one
 * layer, named after the node that calls it.
 *
 * @param from The nodes at which runs start; none for the inputs.
 */
export function weightedNodes<M extends GraphModelLike>(
  given: M,
  from: readonly string[] = [],
): WeightedModel<M> {
  const model = inside(given);
  checkWeights(model);
  const { weightMap } = model.executor;
  const steps = graphSteps(model, nodesNamed(model, model.outputs), startsOf(model, from));
  const owned = new Map<GraphStep, Weight[]>();
  const placed = new Set<string>();
  // the last reader of a weight has it
  for (const step of [...steps].reverse()) {
    const read = weightsRead(step, model).filter(({ key }) => !placed.has(key));
    const owner = read.length > 0 ? ownerOf(step, model) : undefined;
    if (!owner) continue;
    owned.set(owner, [...(owned.get(owner) ?? []), ...read]);
    for (const weight of read) placed.add(weight.key);
  }
  const layers = new Map<string, { path: string; isNorm: boolean; weights: Weight[] }>();
  for (const step of steps) {
    const isNorm = NORM.test(step.op);
    const key = `${String(isNorm)} ${step.layer}`;
    const layer = layers.get(key) ?? { path: step.layer, isNorm, weights: [] };
    layer.weights.push(...(owned.get(step) ?? []));
    if (layer.weights.length > 0) layers.set(key, layer);
  }
  return {
    layers: [...layers.values()],
    copy: (replaced, own) => graphFace(given, { ...weightMap, ...lists(replaced) }, own),
  };
}

/** The weights that a step is given, by the names of the constants that they are. */
function weightsRead(step: GraphStep, model: GraphModelInside): (Weight & { key: string })[] {
  if (HANDING_ON.has(step.op)) return [];
  return step.inputs.flatMap((input, i) => {
    const found = constantBehind(input, model);
    return found && isWeights(found.tensor) ? [{ ...found, name: nameOf(step, i, found.tensor) }] : [];
  });
}

/** The step whose layer one with weights is part of: itself, or the nearest before it with a kernel. */
function ownerOf(step: GraphStep, model: GraphModelInside): GraphStep | undefined {
  const before = new Set([step]);
  for (const each of before) {
    const hasKernel = WITH_KERNEL.test(each.op) || (each === step && NORM.test(each.op));
    if (hasKernel && weightsRead(each, model).length > 0) return each;
    for (const input of each.inputs) before.add(input);
  }
  return undefined;
}

/** What a batch norm is given, in this order. */
const OF_NORM: readonly string[] = ['x', 'gamma', 'beta', 'movingMean', 'movingVariance'];

const SCALING: ReadonlySet<string> = new Set(['Mul', 'RealDiv', 'Div']);

/** What a layer would call a weight. */
function nameOf({ op }: GraphStep, input: number, { shape }: Tensor): string {
  if (NORM.test(op)) return OF_NORM[input] ?? 'bias';
  if (SCALING.has(op)) return 'gamma';
  return WITH_KERNEL.test(op) && shape.length > 1 ? 'kernel' : 'bias';
}

function lists(replaced: Replaced): Record<string, Tensor[]> {
  return Object.fromEntries([...replaced].map(([name, tensor]) => [name as string, [tensor]]));
}
