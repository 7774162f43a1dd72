import type { TapeNode, Value } from '../tape';

/**
 * Cuts a tape where no gradient passes: a value that an identity made stands for itself from here on.
 *
 * @returns The nodes that are left; undefined where no identity made the value.
 */
export function stopAt(value: Value, nodes: readonly TapeNode[]): TapeNode[] | undefined {
  const { producer } = value;
  if (producer?.kernel !== 'Identity') return undefined;
  value.producer = null;
  for (const { consumers } of Object.values(producer.inputs)) {
    consumers.splice(consumers.indexOf(producer), 1);
  }
  return nodes
    .filter((node) => node !== producer)
    .map((node) => {
      // one node of several kernels, this one among them: what comes before it is of no matter
      const last = node.inner?.includes(producer) === true ? node.inner[node.inner.length - 1] : undefined;
      return last ?? node;
    });
}
