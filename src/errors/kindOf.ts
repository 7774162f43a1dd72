import { isTensor } from '../backends/isTensor';

/** How errors call a value that is not what was expected. */
export function kindOf(value: unknown): string {
  if (value === null || value === undefined) return String(value);
  if (Array.isArray(value))
    return value.length === 0
      ? 'an empty list'
      : `a list with ${kindOf(value.find((entry) => !isTensor(entry)))}`;
  if (typeof value === 'object') return `an object of class ${value.constructor?.name ?? 'Object'}`;
  return `a ${typeof value}`;
}
