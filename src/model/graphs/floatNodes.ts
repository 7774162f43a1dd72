import type { GraphModelInside, GraphNode } from '../modelKinds';
import { graphPath } from './graphPath';
import { nodeName } from './nodeName';

/** Ops whose output is no floats, and lets no gradient through. */
const NOT_FLOATS =
  /^(Placeholder|Const|Shape|ShapeN|Size|Rank|Arg(Max|Min)|Greater.*|Less.*|Equal|NotEqual|Logical.*)$/;

/** The nodes between the inputs of a graph and its outputs, or between others, whose output is floats. */
export function floatNodes(
  model: GraphModelInside,
  ends: readonly GraphNode[] = nodesNamed(model, model.outputs),
  starts: readonly GraphNode[] = nodesNamed(model, model.inputs),
): GraphNode[] {
  const way = new Set(graphPath(starts, ends));
  return Object.values(model.executor.graph.nodes).filter(
    (node) => way.has(node) && !NOT_FLOATS.test(node.op) && !isCastToOther(node),
  );
}

/** The nodes of inputs or outputs. */
export function nodesNamed(
  { executor }: GraphModelInside,
  infos: readonly { readonly name: string }[],
): GraphNode[] {
  return infos.flatMap(({ name }) => executor.graph.nodes[nodeName(name)] ?? []);
}

function isCastToOther({ op, attrParams }: GraphNode): boolean {
  return op === 'Cast' && attrParams['dtype']?.value !== 'float32';
}
