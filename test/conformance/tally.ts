import type { Judgement } from './judge';

/** Counts verdicts by layer, op or function. */
export class Tally {
  private readonly rows = new Map<string, Record<Judgement['verdict'], number>>();

  add(subject: string, { verdict }: Judgement): void {
    const row = this.rows.get(subject) ?? { right: 0, documented: 0, wrong: 0 };
    row[verdict]++;
    this.rows.set(subject, row);
  }

  /** The table of one backend: what is all right in a list, a line for each of the others. */
  table(backend: string): string {
    const all = [...this.rows];
    const total = (verdict: Judgement['verdict']) => all.reduce((sum, [, row]) => sum + row[verdict], 0);
    const width = Math.max(8, ...all.map(([subject]) => subject.length));
    const line = (subject: string, ...cells: (string | number)[]) =>
      `  ${subject.padEnd(width)}${cells.map((cell) => String(cell).padStart(12)).join('')}`;
    const perfect = all.filter(([, row]) => row.documented + row.wrong === 0);
    return [
      `conformance on ${backend}`,
      line('', 'right', 'documented', 'WRONG'),
      ...all
        .filter(([, row]) => row.documented + row.wrong > 0)
        .map(([subject, row]) => line(subject, row.right, row.documented, row.wrong)),
      line('total', total('right'), total('documented'), total('wrong')),
      ...wrapped(
        'all right: ',
        perfect.map(([subject, row]) => `${subject} ${row.right}`),
      ),
    ].join('\n');
  }
}

/** A list in lines of a page's width. */
function wrapped(head: string, entries: readonly string[]): string[] {
  return entries.reduce<string[]>(
    (lines, entry, i) => {
      const last = lines.at(-1) ?? '';
      const text = i === 0 ? entry : `, ${entry}`;
      return last.length + text.length <= 110
        ? [...lines.slice(0, -1), last + text]
        : [...lines, `    ${entry}`];
    },
    [`  ${head}`],
  );
}
