import type { Json } from '../../explanations/json';

/** Where a rule or a composite says how it was made; one key for all copies of this module. */
const DESCRIPTION: unique symbol = Symbol.for('guided-saliency.description') as never;

/** How a rule or a composite was made, as JSON: the function of this entry that made it, and its options. */
export type Description = { readonly name: string } & Readonly<Record<string, Json>>;

/**
 * Gives a rule or a composite its name, and says how it was made, for the record.
 *
 * @param options Numbers, words, and other rules and composites, by name; else nothing is said.
 */
export function described<F extends object>(name: string, options: object, made: F): F {
  const entries = Object.entries(options).filter(([, value]) => value !== undefined);
  const values = entries.map(([key, value]) => [key, jsonOfOption(value)] as const);
  const isTold = values.every(([, value]) => value !== undefined);
  const description = isTold ? { name, ...Object.fromEntries(values) } : undefined;
  return Object.defineProperties(made, { name: { value: name }, [DESCRIPTION]: { value: description } });
}

/** How a rule or a composite of this entry was made; undefined of any other value. */
export function descriptionOf(value: unknown): Description | undefined {
  return typeof value === 'function' ? (value as { [DESCRIPTION]?: Description })[DESCRIPTION] : undefined;
}

function jsonOfOption(value: unknown): Json | undefined {
  if (typeof value === 'number' || typeof value === 'string') return value;
  if (typeof value === 'function') return descriptionOf(value);
  if (typeof value !== 'object' || value === null || 'dataId' in value) return undefined;
  const entries = Object.entries(value).map(([key, part]) => [key, jsonOfOption(part)] as const);
  return entries.every(([, part]) => part !== undefined) ? (Object.fromEntries(entries) as Json) : undefined;
}
