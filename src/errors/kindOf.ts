import { isTensor } from '../backends/isTensor';
import { isPromise } from './isPromise';
import { letGo } from './letGo';

/** How errors call a value that is not what was expected. */
export function kindOf(value: unknown): string {
  if (value === null || value === undefined) return String(value);
  if (Array.isArray(value)) return kindOfList(value);
  if (isTensor(value)) return 'a tensor';
  if (isPromise(value)) {
    letGo(value); // an error refuses it
    return 'a promise';
  }
  if (isLayer(value)) return `the layer "${value.name}"`;
  if (typeof value === 'object') {
    const name: unknown = value.constructor?.name;
    return `an object of class ${typeof name === 'string' && name !== '' ? name : 'Object'}`;
  }
  return `a ${typeof value}`;
}

/** The same of a value whose own text is short: a string in quotes, a number. */
export function shown(value: unknown): string {
  return typeof value === 'string' ? `"${value}"` : typeof value === 'number' ? String(value) : kindOf(value);
}

/** By what is in it that is no tensor; a list may hold itself. */
function kindOfList(list: readonly unknown[]): string {
  if (list.length === 0) return 'an empty list';
  if (list.every(isTensor)) return 'a list of tensors';
  const other = list.find((entry) => !isTensor(entry));
  const isDeep = Array.isArray(other) && other.some((entry) => Array.isArray(entry));
  return `a list with ${isDeep ? 'lists' : kindOf(other)}`;
}

/** Whether a value is a layer of tfjs-layers that is no model. */
function isLayer(value: unknown): value is { readonly name: string } {
  const { name, inboundNodes, layers } = value as Record<string, unknown>;
  return typeof name === 'string' && Array.isArray(inboundNodes) && !layers;
}
