/** A block of code of a page, as a reader copies it. */
export interface CodeBlock {
  /** Where it stands: `README.md:12`. */
  readonly place: string;
  readonly code: string;
  /** Why it is type-checked but not run; from a comment above it, `<!-- not run: needs a canvas -->`. */
  readonly notRun: string | undefined;
}

/**
 * The blocks of a Markdown page that are marked `ts` or `js`, in their order.
 *
 * Each is a module of its own; one under the comment `<!-- continues -->` goes on where the one before ended.
 */
export function codeBlocks(page: string, text: string): CodeBlock[] {
  const blocks: CodeBlock[] = [];
  const lines = text.split('\n');
  for (let i = 0; i < lines.length; i++) {
    if (!/^```(ts|js|typescript|javascript)\s*$/.test(lines[i]!)) continue;
    const end = lines.findIndex((line, at) => at > i && line.startsWith('```'));
    const comment = commentAbove(lines, i);
    const before = comment === 'continues' ? `${blocks.at(-1)?.code}\n` : '';
    const notRun = /^not run: (.+)$/.exec(comment)?.[1];
    blocks.push({ place: `${page}:${i + 1}`, code: before + lines.slice(i + 1, end).join('\n'), notRun });
    i = end;
  }
  return blocks;
}

/**
 * The calls in the cells of a page's tables, each row as a block of its own; but those of a column headed
 * `there`, which are other libraries'.
 */
export function calledInCells(page: string, text: string): CodeBlock[] {
  const blocks: CodeBlock[] = [];
  let heads: string[] = [];
  text.split('\n').forEach((line, i, lines) => {
    if (!line.startsWith('|')) return;
    const cells = line.split('|').slice(1, -1);
    if (/^\|[\s:|-]+$/.test(lines[i + 1] ?? '')) heads = cells.map((cell) => cell.trim());
    const ours = cells.filter((_, column) => heads[column] !== 'there').join(' ');
    const spans = [...ours.matchAll(/`([^`]+)`/g)].map(([, code = '']) => code);
    const calls = spans.filter((code) => /\w\(/.test(code));
    const inOrder = [...calls.filter(isDeclaration), ...calls.filter((call) => !isDeclaration(call))];
    if (calls.length === 0) return;
    blocks.push({
      place: `${page}:${i + 1} (table)`,
      code: inOrder.map((call) => (isDeclaration(call) ? `${call};` : `await ${call};`)).join('\n'),
      notRun: undefined,
    });
  });
  return blocks;
}

const isDeclaration = (code: string): boolean => code.startsWith('const ');

/** What the HTML comment right above a line says, or nothing. */
function commentAbove(lines: string[], i: number): string {
  const above = lines
    .slice(0, i)
    .filter((line) => line.trim() !== '')
    .at(-1);
  return /^<!--\s*(.*?)\s*-->$/.exec(above?.trim() ?? '')?.[1] ?? '';
}
