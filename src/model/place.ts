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
