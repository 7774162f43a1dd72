import { loneNumbers } from '../model/graphs/loneNumbers';
import { numbersOfNodes, readGraphNode } from '../model/graphs/readGraphNode';
import type { GraphModelInside, GraphNode } from '../model/modelKinds';
import { findActivation } from '../rules/findActivation';
import { isRectifier } from '../rules/rectifierKinds';
import type { RuleFor } from '../rules/ruleFor';
import { activationKind } from './activationKinds';
import type { ActivationReport } from './overrides';

/** An activation of a graph. */
export interface GraphActivation {
  /** The node that reports call it by. */
  readonly node: GraphNode;
  readonly activation: string;
  /** The clip behind a Relu that is part of it. */
  readonly clip: GraphNode | undefined;
}

/**
 * What rules reach among the nodes of a graph: the same finder is asked as on the tape.
 *
 * @param isMap Whether the rules are named, so that each activation that is left has not been.
 */
export function describeGraph(model: GraphModelInside, rules: RuleFor, isMap: boolean): ActivationReport[] {
  return graphActivations(model).map(({ node, activation, clip }) => {
    const replaced = rules(activation) !== undefined;
    const kind = activationKind(activation) + (clip ? `, with the clip "${clip.name}" behind it` : '');
    const why = isMap ? 'the overrides do not name it' : 'left alone unless a map names it';
    return {
      path: [node.name],
      layerClass: node.op,
      activation,
      replaced,
      reason: replaced ? kind : `${kind}: ${why}`,
    };
  });
}

/** The activations of a graph, in the order of its nodes; none of integers, at which no gradient comes by. */
export function graphActivations(model: GraphModelInside): GraphActivation[] {
  const { graph, weightMap } = model.executor;
  const numberOf = numbersOfNodes(weightMap, loneNumbers(model));
  const read = (node: GraphNode) => readGraphNode(node, numberOf);
  const found = new Map<GraphNode, GraphActivation>();
  for (const node of Object.values(graph.nodes)) {
    const activation = findActivation(node, read, 'graph');
    if (!activation || node.attrParams['dtype']?.value === 'int32') continue;
    const [first] = activation.parts as readonly [GraphNode];
    const isClip = first !== node && read(first).kernel === 'Relu';
    if (!isClip) {
      found.set(node, { node, activation: activation.activation, clip: undefined });
    } else if (!isReadAside(activation.parts) && !found.get(first)?.clip) {
      const clip = isRectifier(activation.activation) ? node : undefined;
      found.set(first, { node: first, activation: activation.activation, clip });
    }
  }
  return [...found.values()];
}

/**
 * Whether something that reads the Relu besides its clip meets the clip again further on: there the Relu is
 * on the way by itself, too.
 */
function isReadAside(parts: readonly GraphNode[]): boolean {
  const clip = parts[parts.length - 1] as GraphNode;
  const others = parts
    .slice(0, -1)
    .flatMap(({ children }) => children.filter((child) => !parts.includes(child)));
  const behindClip = behind(clip);
  return others.some((other) => [...behind(other)].some((node) => behindClip.has(node)));
}

/** A node, and all that depends on it. */
function behind(node: GraphNode): Set<GraphNode> {
  const found = new Set([node]);
  for (const each of found) for (const child of each.children) found.add(child);
  return found;
}
