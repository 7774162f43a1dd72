import type { GraphNode } from './modelKinds';

/** The nodes between the inputs of a graph and the nodes that are asked for. */
export function graphPath(
  nodes: Readonly<Record<string, GraphNode>>,
  inputs: readonly string[],
  outputs: readonly string[],
): GraphNode[] {
  const found = (names: readonly string[]) => names.flatMap((name) => nodes[name] ?? []);
  const forward = reached(found(inputs), ({ children }) => children);
  const backward = reached(found(outputs), ({ inputs }) => inputs);
  return [...forward].filter((node) => backward.has(node));
}

function reached(
  from: readonly GraphNode[],
  next: (node: GraphNode) => readonly GraphNode[],
): Set<GraphNode> {
  const seen = new Set(from);
  for (const node of seen) for (const other of next(node)) seen.add(other);
  return seen;
}
