/** The mean of those that are numbers; null of none. */
export function meanOf(values: readonly (number | null | undefined)[]): number | null {
  const known = values.filter((value) => value !== null && value !== undefined);
  return known.length === 0 ? null : known.reduce((sum, value) => sum + value, 0) / known.length;
}

/** The standard deviation of a sample; 0 of less than two. */
export function deviationOf(values: readonly (number | null | undefined)[]): number {
  const known = values.filter((value) => value !== null && value !== undefined);
  const mean = meanOf(known) ?? 0;
  const squares = known.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  return known.length < 2 ? 0 : Math.sqrt(squares / (known.length - 1));
}

/** A number in a table. */
export function inTable(value: number | null): string {
  return value === null
    ? '–'
    : value
        .toFixed(2)
        .replace(/^-(?=0\.00$)/, '')
        .replace('-', '−');
}

/** A table in Markdown. */
export function markdownTable(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n');
}
