import { isTensor } from '../../backends/isTensor';

/** What JSON holds. */
export type Json = null | boolean | number | string | readonly Json[] | { readonly [name: string]: Json };

/** A value as JSON; what cannot be JSON is a string that says so, and must be given again. */
export function jsonOf(value: unknown): Json {
  if (value === null || typeof value === 'boolean' || typeof value === 'string') return value;
  if (typeof value === 'number') return Number.isFinite(value) ? value : String(value);
  if (typeof value === 'function') {
    return `a function${value.name === '' ? '' : `, "${value.name}"`}; give it again`;
  }
  if (isTensor(value)) return `a tensor of shape [${value.shape.join(', ')}]; give it again`;
  if (Array.isArray(value)) return value.map(jsonOf);
  if (ArrayBuffer.isView(value)) return Array.from(value as Float32Array, jsonOf);
  if (typeof value !== 'object') return `${typeof value}; give it again`;
  const given = Object.entries(value).filter(([, part]) => part !== undefined);
  return Object.fromEntries(given.map(([name, part]) => [name, jsonOf(part)]));
}
