import type { Tensor } from '@tensorflow/tfjs-core';
import { checkWeights } from '../../model/graphs/graphWeights';
import { nodesNamed } from '../../model/graphs/floatNodes';
import { inside } from '../../model/modelKinds';
import type { GraphModelInside, GraphModelLike, GraphNode } from '../../model/modelKinds';
import { isWeights } from './weighted';
import type { Replaced, Weight, WeightedLayer, WeightedModel } from './weighted';

/** Ops that are given a kernel. */
const WITH_KERNEL = /Conv|MatMul|Einsum|Gather/;

const NORM = /^FusedBatchNorm/;

/** Ops that hand on what a weight is. */
const HANDING_ON: ReadonlySet<string> = new Set(['Identity', 'ReadVariableOp']);

/**
 * The nodes of a GraphModel that are given a kernel, with the weights behind each, such as its bias. What
 * comes before the first of them prepares the input, and is no weight.
 */
export function weightedNodes<M extends GraphModelLike>(given: M): WeightedModel<M> {
  const model = inside(given);
  checkWeights(model);
  const { weightMap } = model.executor;
  const order = inOrder(nodesNamed(model, model.outputs));
  const owners = new Map<GraphNode, GraphNode | undefined>();
  const weights = new Map<GraphNode, Weight[]>();
  const placed = new Set<string>();
  // the last reader of a weight has it
  for (const node of [...order].reverse()) {
    const read = weightsRead(node, model).filter(({ key }) => !placed.has(key));
    const owner = read.length > 0 ? ownerOf(node, model, owners) : undefined;
    if (!owner) continue;
    const list = weights.get(owner) ?? [];
    weights.set(owner, list);
    for (const weight of read) placed.add(weight.key);
    list.push(...read);
  }
  const layers = order.flatMap((node): WeightedLayer[] => {
    const own = weights.get(node);
    return own ? [{ path: node.name, isNorm: NORM.test(node.op), weights: own }] : [];
  });
  return {
    layers,
    copy: (replaced, owned) => graphCopy(given, { ...weightMap, ...lists(replaced) }, owned),
  };
}

/** The nodes that lead to others, each after those that it needs. */
function inOrder(ends: readonly GraphNode[]): GraphNode[] {
  const done = new Set<GraphNode>();
  const waiting = [...ends];
  while (waiting.length > 0) {
    const node = waiting[waiting.length - 1]!;
    const needed = node.inputs.filter((input) => !done.has(input) && !waiting.includes(input));
    if (needed.length > 0) waiting.push(...needed);
    else done.add(waiting.pop()!);
  }
  return [...done];
}

/** The weights that a node is given, by the names of the constants that they are. */
function weightsRead(node: GraphNode, { executor }: GraphModelInside): (Weight & { key: string })[] {
  if (HANDING_ON.has(node.op)) return [];
  return node.inputs.flatMap((input, i) => {
    let from: GraphNode | undefined = input;
    while (from && HANDING_ON.has(from.op)) from = from.inputs[0];
    const tensor = from && executor.weightMap[from.name]?.[0];
    return from && isWeights(tensor) ? [{ name: nameOf(node, i, tensor), tensor, key: from.name }] : [];
  });
}

/** The node whose layer a node with weights is part of: itself, or the nearest before it with a kernel. */
function ownerOf(
  node: GraphNode,
  model: GraphModelInside,
  known: Map<GraphNode, GraphNode | undefined>,
): GraphNode | undefined {
  if (known.has(node)) return known.get(node);
  known.set(node, undefined);
  const isOwn = (WITH_KERNEL.test(node.op) || NORM.test(node.op)) && weightsRead(node, model).length > 0;
  let owner = isOwn ? node : undefined;
  for (const input of node.inputs) {
    const before = NORM.test(input.op) ? input.inputs[0] : input;
    owner ??= before && ownerOf(before, model, known);
  }
  known.set(node, owner);
  return owner;
}

/** What a batch norm is given, in this order. */
const OF_NORM: readonly string[] = ['x', 'gamma', 'beta', 'movingMean', 'movingVariance'];

const SCALING: ReadonlySet<string> = new Set(['Mul', 'RealDiv', 'Div']);

/** What a layer would call a weight. */
function nameOf({ op }: GraphNode, input: number, { shape }: Tensor): string {
  if (NORM.test(op)) return OF_NORM[input] ?? 'bias';
  if (SCALING.has(op)) return 'gamma';
  return WITH_KERNEL.test(op) && shape.length > 1 ? 'kernel' : 'bias';
}

function lists(replaced: Replaced): Record<string, Tensor[]> {
  return Object.fromEntries([...replaced].map(([name, tensor]) => [name as string, [tensor]]));
}

/** A face of a GraphModel with other weights; what TF.js writes to its executor stays with the face. */
export function graphCopy<M extends GraphModelLike>(
  model: M,
  weightMap: GraphModelInside['executor']['weightMap'],
  owned: readonly Tensor[],
): M & { dispose(): void } {
  const executor = Object.create(inside(model).executor) as { weightMap: typeof weightMap };
  Object.defineProperty(executor, 'compiledMap', { value: new Map() });
  executor.weightMap = weightMap; // a setter of its class
  const dispose = () => {
    for (const tensor of owned) tensor.dispose();
  };
  return Object.create(model, {
    executor: { value: executor },
    dispose: { value: dispose },
  }) as M & { dispose(): void };
}
