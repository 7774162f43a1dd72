/** Names as an error lists them: quoted, and cut at ten. */
export function quoted(names: Iterable<string>): string {
  const all = [...names];
  const shown = all
    .slice(0, 10)
    .map((name) => `"${name}"`)
    .join(', ');
  return all.length > 10 ? `${shown} and ${all.length - 10} more` : shown;
}
