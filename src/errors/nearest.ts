/**
 * The name that the fewest changes make of another; undefined where that takes more than a share of its
 * letters.
 */
export function nearest(name: string, known: readonly string[], share: number): string | undefined {
  const most = Math.floor(Math.max(name.length, 2) * share);
  const likely = known.filter((other) => Math.abs(other.length - name.length) <= most);
  const distances = likely.map((other) => distance(name.toLowerCase(), other.toLowerCase()));
  const least = Math.min(...distances);
  return least <= most ? likely[distances.indexOf(least)] : undefined;
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
