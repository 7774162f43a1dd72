import type { GraphNode } from '../modelKinds';

/** Whether a node does not say what it gives: its op is a user's own, or gives something else each time. */
export function isOpaque({ op, category }: GraphNode): boolean {
  return category === 'custom' || /Random|TruncatedNormal|Multinomial/.test(op);
}
