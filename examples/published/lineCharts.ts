/** A line through points, from left to right; a place without a number is left out. */
export interface Line {
  readonly name: string;
  readonly points: readonly (readonly [x: number, y: number | null])[];
}

/** Lines in one pair of axes; panels of one figure have lines of the same names. */
export interface Panel {
  readonly lines: readonly Line[];
}

export interface LineChartsOptions {
  /** What stands above each column, and beside each row. */
  readonly columns: readonly string[];
  readonly rows: readonly string[];
  readonly panels: readonly (readonly Panel[])[];
  readonly title: string;
  readonly xLabel: string;
  readonly yLabels: readonly string[];
  /** Of each row. */
  readonly yRanges: readonly (readonly [number, number])[];
  readonly xRange: readonly [number, number];
  /** Where the x axis has marks, and what they say. */
  readonly xTicks: readonly (readonly [number, string])[];
  readonly width: number;
  readonly height: number;
}

/** Each line has a colour, dashes and a marker of its own, so that none is told by colour alone. */
const STYLES = [
  { color: '#1f5fa8', dash: '', marker: 'circle' },
  { color: '#c4500c', dash: '6 3', marker: 'square' },
  { color: '#2a7d3f', dash: '2 2', marker: 'triangle' },
  { color: '#7a3fa0', dash: '8 3 2 3', marker: 'diamond' },
  { color: '#444444', dash: '1 3', marker: 'cross' },
] as const;

type Marker = (typeof STYLES)[number]['marker'];

const MARGIN = { left: 74, top: 62, right: 10, bottom: 44 };
const GAP = { across: 14, down: 16 };

/** Panels of line charts in rows and columns, with one legend: SVG, as text, black on white. */
export function lineCharts(options: LineChartsOptions): string {
  const { columns, rows, panels, width, height } = options;
  const [whole, high] = [
    MARGIN.left + columns.length * (width + GAP.across) - GAP.across + MARGIN.right,
    MARGIN.top + rows.length * (height + GAP.down) - GAP.down + MARGIN.bottom,
  ];
  const parts = panels.flatMap((row, i) =>
    row.map((panel, j) => {
      const [x, y] = [MARGIN.left + j * (width + GAP.across), MARGIN.top + i * (height + GAP.down)];
      const isLast = i === rows.length - 1;
      return `<g transform="translate(${x} ${y})">${panelOf(panel, options, i, j === 0, isLast)}</g>`;
    }),
  );
  const heads = columns.map((name, j) =>
    text(MARGIN.left + j * (width + GAP.across) + width / 2, MARGIN.top - 8, name, 'middle', 12, 'bold'),
  );
  const sides = rows.map((name, i) => {
    const y = MARGIN.top + i * (height + GAP.down) + height / 2;
    const label = options.yLabels[i]!;
    return (
      `<g transform="rotate(-90 14 ${y})">${text(14, y, name, 'middle', 12, 'bold')}</g>` +
      `<g transform="rotate(-90 32 ${y})">${text(32, y, label, 'middle', 11)}</g>`
    );
  });
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${whole}" height="${high}" viewBox="0 0 ${whole} ${high}" role="img" font-family="sans-serif">`,
    `<title>${escaped(options.title)}</title>`,
    `<rect width="${whole}" height="${high}" fill="#fff"/>`,
    legend(panels[0]![0]!.lines.map(({ name }) => name)),
    ...heads,
    ...sides,
    ...parts,
    text(MARGIN.left + (whole - MARGIN.left) / 2, high - 8, options.xLabel, 'middle', 12),
    '</svg>',
    '',
  ].join('\n');
}

function panelOf(
  { lines }: Panel,
  { xRange, xTicks, yRanges, width, height }: LineChartsOptions,
  row: number,
  isFirst: boolean,
  isLast: boolean,
): string {
  const [low, high] = yRanges[row]!;
  const across = (x: number) => round(((x - xRange[0]) / (xRange[1] - xRange[0])) * width);
  const up = (y: number) => round(height - ((y - low) / (high - low)) * height);
  const yTicks = low < 0 ? [low, 0, high] : [low, (low + high) / 2, high];
  const grid = yTicks.map((y) => {
    const line = `<line x1="0" x2="${width}" y1="${up(y)}" y2="${up(y)}" stroke="${y === 0 ? '#888' : '#ddd'}"/>`;
    return line + (isFirst ? text(-6, up(y) + 4, String(round(y)), 'end', 10) : '');
  });
  const marks = xTicks.map(([x, name]) => {
    const line = `<line x1="${across(x)}" x2="${across(x)}" y1="${height}" y2="${height + 4}" stroke="#555"/>`;
    return line + (isLast ? text(across(x), height + 15, name, 'middle', 10) : '');
  });
  const drawn = lines.map(({ points }, i) => {
    const style = STYLES[i % STYLES.length]!;
    const seen = points.flatMap(([x, y]) => (y === null ? [] : [[across(x), up(y), x] as const]));
    const joined = seen.filter(([, , x]) => x <= 1).map(([x, y]) => `${x} ${y}`);
    return (
      `<polyline points="${joined.join(' ')}" fill="none" stroke="${style.color}" stroke-width="1.6" stroke-dasharray="${style.dash}"/>` +
      seen.map(([x, y]) => marker(style.marker, style.color, x, y)).join('')
    );
  });
  const frame = `<rect width="${width}" height="${height}" fill="none" stroke="#999"/>`;
  const isEmpty = lines.every(({ points }) => points.length === 0);
  const words = isEmpty ? text(width / 2, height / 2 - 8, 'not measured', 'middle', 11) : '';
  return [...grid, ...marks, frame, ...drawn, words].join('\n');
}

function legend(names: readonly string[]): string {
  let x = MARGIN.left;
  return names
    .map((name, i) => {
      const { color, dash, marker: shape } = STYLES[i % STYLES.length]!;
      const line = `<line x1="${x}" x2="${x + 34}" y1="18" y2="18" stroke="${color}" stroke-width="1.6" stroke-dasharray="${dash}"/>`;
      const drawn = line + marker(shape, color, x + 17, 18) + text(x + 40, 22, name, 'start', 12);
      x += 64 + 7 * name.length;
      return drawn;
    })
    .join('\n');
}

function marker(shape: Marker, color: string, x: number, y: number): string {
  const r = 2.8;
  const filled = (points: string) => `<polygon points="${points}" fill="${color}"/>`;
  if (shape === 'circle') return `<circle cx="${x}" cy="${y}" r="${r}" fill="${color}"/>`;
  if (shape === 'square') {
    return `<rect x="${x - r}" y="${y - r}" width="${2 * r}" height="${2 * r}" fill="#fff" stroke="${color}" stroke-width="1.4"/>`;
  }
  if (shape === 'triangle') return filled(`${x},${y - 3.4} ${x - 3.2},${y + 2.6} ${x + 3.2},${y + 2.6}`);
  if (shape === 'diamond') return filled(`${x},${y - 3.8} ${x - 3.4},${y} ${x},${y + 3.8} ${x + 3.4},${y}`);
  return `<path d="M${x - r} ${y - r}L${x + r} ${y + r}M${x + r} ${y - r}L${x - r} ${y + r}" stroke="${color}" stroke-width="1.6"/>`;
}

function text(x: number, y: number, words: string, anchor: string, size: number, weight = 'normal'): string {
  return `<text x="${x}" y="${y}" text-anchor="${anchor}" font-size="${size}" font-weight="${weight}" fill="#222">${escaped(words)}</text>`;
}

function escaped(words: string): string {
  return words.replace(/[&<>"']/g, (sign) => `&#${sign.charCodeAt(0)};`);
}

function round(value: number): number {
  return Math.round(100 * value) / 100;
}
