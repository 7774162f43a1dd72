/** Names a layer: by its name, or by the names from the outer model to the inner; a name may contain `/`. */
export type LayerPath = string | readonly string[];

/** Names one call of a layer. */
export interface LayerPlace {
  /** The layer: its name, or the names from the outer model to the inner one. */
  layer: LayerPath;
  /**
   * Which call, for a layer that is called more than once: 0 for the first. Where a nested model on the path
   * is called more than once too, one number for each name of the path.
   */
  node?: number | readonly number[];
}

/** How errors call a layer. */
export function pathName(path: LayerPath): string {
  return typeof path === 'string' ? path : path.join(' > ');
}

/** A place as code that names it: what errors offer is to be copied. */
export function placeCode({ layer, node, output }: LayerPlace & { output?: number | undefined }): string {
  const parts = [`layer: ${pathCode(layer)}`];
  if (node !== undefined) parts.push(`node: ${typeof node === 'number' ? node : `[${node.join(', ')}]`}`);
  if (output !== undefined) parts.push(`output: ${output}`);
  return `{ ${parts.join(', ')} }`;
}

/** A path as code: one name, or a list of them. */
export function pathCode(path: LayerPath): string {
  const names = typeof path === 'string' ? [path] : path;
  const quoted = names.map((name) => `"${name}"`);
  return quoted.length === 1 ? (quoted[0] as string) : `[${quoted.join(', ')}]`;
}
