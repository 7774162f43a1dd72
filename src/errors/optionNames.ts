import { ours } from './door';
import { kindOf } from './kindOf';
import { quoted } from './quoted';

/**
 * Refuses options that are no object, and a name among them that nobody knows: it may be misspelt, and would
 * do nothing.
 */
export function checkOptionNames(options: unknown, known: readonly string[]): void {
  if (typeof options !== 'object' || options === null || Array.isArray(options)) {
    throw ours(new TypeError(`expected options to be an object, got ${kindOf(options)}`));
  }
  const unknown = Object.keys(options).find((name) => !known.includes(name));
  if (unknown === undefined) return;
  const near = nearest(unknown, known);
  const hint = near === undefined ? `the options are ${quoted(known)}` : `did you mean "${near}"?`;
  throw ours(new TypeError(`no option "${unknown}"; ${hint}`));
}

/** The name that the fewest changes make of another; undefined where that takes more than half of them. */
function nearest(name: string, known: readonly string[]): string | undefined {
  const distances = known.map((other) => distance(name.toLowerCase(), other.toLowerCase()));
  const least = Math.min(...distances);
  return least <= Math.max(name.length, 2) / 2 ? known[distances.indexOf(least)] : undefined;
}

/** How many letters are put in, taken out or changed on the way from one word to the other (Levenshtein). */
function distance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      const change = (row[j - 1] as number) + (a[i - 1] === b[j - 1] ? 0 : 1);
      next.push(Math.min(change, (row[j] as number) + 1, (next[j - 1] as number) + 1));
    }
    row = next;
  }
  return row[b.length] as number;
}
