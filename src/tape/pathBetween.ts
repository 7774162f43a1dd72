import type { TapeNode, Value } from './tape';

/** The nodes between what is watched and what is explained, in the order they ran. */
export function pathBetween(
  nodes: readonly TapeNode[],
  from: readonly Value[],
  to: readonly Value[],
): TapeNode[] {
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
