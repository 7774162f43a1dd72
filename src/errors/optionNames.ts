import { isTensor } from '../backends/isTensor';
import { ours } from './door';
import { nearest } from './nearest';
import { quoted } from './quoted';
import { wrongKind } from './wrongKind';

/**
 * Refuses options that are no object, and a name among them that nobody knows: it may be misspelt, and would
 * do nothing.
 */
export function checkOptionNames(options: unknown, known: readonly string[]): void {
  // a class is no option, nor in the place of all
  const one: unknown = typeof options === 'number' ? options : (Object(options) as { class?: unknown }).class;
  const isClass = typeof one === 'number' && known.includes('target');
  const hint = isClass ? `pass { target: ${one} }` : undefined;
  // what is in a promise, a Map or a list has no names here, and would do nothing; a tensor has its own
  if (
    typeof options !== 'object' ||
    !options ||
    isTensor(options) ||
    Symbol.iterator in options ||
    'then' in options ||
    (Object.keys(options).length === 0 && !isPlain(options))
  ) {
    throw wrongKind('options to be an object', options, hint);
  }
  checkNames(options, known, 'option', (names) => hint ?? `the options are ${names}`);
}

/** Whether an object is of no class, as a Date or an Error is of one; it may be of another frame. */
function isPlain(object: object): boolean {
  const prototype = Object.getPrototypeOf(object) as object | null;
  return prototype === null || Object.getPrototypeOf(prototype) === null;
}

/**
 * Refuses a name in an object that nobody knows.
 *
 * @param one How errors call a name.
 * @param all Says which there are.
 */
export function checkNames(
  object: object,
  known: readonly string[],
  one: string,
  all: (names: string) => string,
): void {
  const unknown = Object.keys(object).find((name) => !known.includes(name));
  if (unknown === undefined) return;
  const near = nearest(unknown, known, 1 / 2);
  const longer = known.find((name) => name.toLowerCase().endsWith(unknown.toLowerCase()));
  const hint = near === undefined ? all(quoted(known)) : `did you mean "${longer ?? near}"?`;
  throw ours(new TypeError(`no ${one} "${unknown}"; ${hint}`));
}
