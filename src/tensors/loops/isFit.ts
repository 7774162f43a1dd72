/** Whether a shape is repeated to another. */
export function isFit(given: readonly number[], shape: readonly number[]): boolean {
  const axes = shape.slice(shape.length - given.length);
  return given.length <= shape.length && given.every((size, axis) => size === 1 || size === axes[axis]);
}
