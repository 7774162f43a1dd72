import { ours } from '../../errors/door';
import { shown } from '../../errors/kindOf';
import { carriedBy } from './method';
import type { MethodDefinition } from './method';

/** A method of one pass, whatever its options. */
export type OnePassMethod = (...given: never[]) => unknown;

/** The definition of a method of one pass, for a method that makes many of it. */
export function innerMethod(method: unknown): MethodDefinition {
  const definition = carriedBy(method);
  if (definition && !definition.passes) return definition;
  const got = definition
    ? `${definition.name}, which makes many passes itself`
    : typeof method === 'function'
      ? `the function "${method.name}"`
      : shown(method);
  throw ours(new TypeError(`expected method to be a method of one pass such as guidedBackprop, got ${got}`));
}

/** The names of an inner method's options. */
export function innerOptions(method: unknown): readonly string[] {
  const { options } = innerMethod(method);
  return typeof options === 'function' ? options({}) : options;
}
