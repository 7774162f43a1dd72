import type { GraphNode } from '../modelKinds';

/** Ops that look at how many values there are, and at none of them: no gradient passes. */
export const OF_SHAPES: ReadonlySet<string> = new Set(['Shape', 'ShapeN', 'Size', 'Rank']);

/**
 * The nodes that numbers pass on their way through a graph, both ends included.
 *
 * @param from Where they come from: nodes, or those that read a tensor.
 */
export function graphPath(from: readonly GraphNode[], to: readonly GraphNode[]): GraphNode[] {
  const forward = reached(from, ({ op, children }) => (OF_SHAPES.has(op) ? [] : children));
  const backward = leadingTo(to);
  return [...forward].filter((node) => backward.has(node));
}

/**
 * The nodes that must run for others to be known, these included.
 *
 * @param given Those whose values are there, and which need not run.
 */
export function leadingTo(
  nodes: readonly GraphNode[],
  given: readonly GraphNode[] = [],
): ReadonlySet<GraphNode> {
  const needed = reached(nodes, (node) => (given.includes(node) ? [] : node.inputs));
  for (const node of given) needed.delete(node);
  return needed;
}

function reached(
  from: readonly GraphNode[],
  next: (node: GraphNode) => readonly GraphNode[],
): Set<GraphNode> {
  const seen = new Set(from);
  for (const node of seen) for (const other of next(node)) seen.add(other);
  return seen;
}
