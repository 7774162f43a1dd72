import { ours } from '../../errors/door';
import type { Json } from '../../explanations/calls/json';
import type { RelevanceRule } from './relevanceRule';

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

/** The same of a rule, which refuses to be a rule for gradients. */
export function describedRule(name: string, options: object, rule: RelevanceRule): RelevanceRule {
  return described(name, options, (at) => {
    if ('ignoresBias' in at) return rule(at);
    throw ours(
      new TypeError(
        `expected a rule for gradients, such as guided, got ${name}, which is for relevance; pass it to ` +
          `layerwiseRelevance, in a composite: uniform(${name}())`,
      ),
    );
  });
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
