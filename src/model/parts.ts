/** Puts a value into a list of parts to compare, and what is in it, where it is a list. */
export function addParts(parts: unknown[], value: unknown): void {
  parts.push(value);
  if (Array.isArray(value)) for (const each of value) addParts(parts, each);
}
