/** Where runs of a GraphModel start, in place of its inputs: at a node, or at several. */
export type From = string | readonly string[];

/** The names of the nodes at which runs start; none for the inputs of the model. */
export function startNames(from: From | undefined): readonly string[] {
  return typeof from === 'string' ? [from] : (from ?? []);
}
