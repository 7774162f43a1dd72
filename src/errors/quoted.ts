/** How many names an error lists; one more is written, too, rather than counted. */
const MOST = 10;

/** Names as an error lists them: quoted, and cut at ten. */
export function quoted(names: Iterable<string>): string {
  const all = [...names];
  const count = all.length > MOST + 1 ? MOST : all.length;
  const shown = all
    .slice(0, count)
    .map((name) => `"${name}"`)
    .join(', ');
  return all.length > count ? `${shown} and ${all.length - count} more` : shown;
}
