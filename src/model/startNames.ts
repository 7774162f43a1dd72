/** Where runs of a GraphModel start, in place of its inputs: at a node, or at several. */
export type From = string | readonly string[];

/** The nodes at which runs start, without the `:0` of a tensor's name; none for the inputs of the model. */
export function startNames(from: From | undefined): readonly string[] {
  // what is no name is refused by the explainer
  return [from ?? []].flat().map((name: unknown) => String(name).replace(/:0$/, ''));
}
