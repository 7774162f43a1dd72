import type { TapeNode, Value } from '../tape';

/**
 * The nodes between what is watched and what is explained, in the order they ran.
 *
 * A clip and the Relu before it are one node, unless the Relu is on the path by itself as well, as something
 * else between reads it: then they are two.
 */
export function pathBetween(
  nodes: readonly TapeNode[],
  from: readonly Value[],
  to: readonly Value[],
): TapeNode[] {
  const path = walked(nodes, from, to);
  const onPath = new Set(path);
  const isTwo = ({ inner }: TapeNode) =>
    inner?.some((part) => part.isElementwise && onPath.has(part)) === true;
  const apart = new Set(path.filter(isTwo));
  if (apart.size === 0) return path;
  return walked(
    nodes.map((node) => (apart.has(node) ? (node.inner?.[node.inner.length - 1] as TapeNode) : node)),
    from,
    to,
  );
}

function walked(nodes: readonly TapeNode[], from: readonly Value[], to: readonly Value[]): TapeNode[] {
  const reached = new Set(from);
  const forward = nodes.filter((node) => {
    const active = Object.values(node.inputs).some((value) => reached.has(value));
    if (active) for (const value of node.outputs) reached.add(value);
    return active;
  });
  const leading = new Set(to);
  const path = forward.reverse().filter((node) => {
    const leads = node.outputs.some((value) => leading.has(value));
    if (leads) for (const value of Object.values(node.inputs)) if (reached.has(value)) leading.add(value);
    return leads;
  });
  return path.reverse();
}
