import type { GraphNode } from '../modelKinds';

/** Ops that look at how many values there are, and at none of them: no gradient passes. */
const OF_SHAPES: ReadonlySet<string> = new Set(['Shape', 'ShapeN', 'Size', 'Rank']);

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

/** The nodes that must run for others to be known, these included. */
export function leadingTo(nodes: readonly GraphNode[]): ReadonlySet<GraphNode> {
  return reached(nodes, ({ inputs }) => inputs);
}

/** The nodes that read one output of a node, e.g. `split:1`. */
export function readersOf({ children }: GraphNode, tensorName: string): GraphNode[] {
  return children.filter(({ inputNames }) =>
    inputNames.some((name) => firstOutput(name) === firstOutput(tensorName)),
  );
}

/** `x` and `x:0` are one tensor. */
function firstOutput(tensorName: string): string {
  return tensorName.replace(/:0$/, '');
}

function reached(
  from: readonly GraphNode[],
  next: (node: GraphNode) => readonly GraphNode[],
): Set<GraphNode> {
  const seen = new Set(from);
  for (const node of seen) for (const other of next(node)) seen.add(other);
  return seen;
}
