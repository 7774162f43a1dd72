/**
 * Whether `shape` is that of the last axes of `whole`, so that walking it over and over is to broadcast it.
 */
export function isTail(shape: readonly number[] = [], whole: readonly number[] = []): boolean {
  const first = shape.findIndex((size) => size !== 1);
  const sizes = first < 0 ? [] : shape.slice(first);
  return sizes.every((size, i) => size === whole[whole.length - sizes.length + i]);
}
