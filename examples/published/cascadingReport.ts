import { similarities, type CascadingResult } from './cascading';
import { lineCharts, type Line } from './lineCharts';
import { deviationOf, inTable, markdownTable, meanOf } from './means';
import { methodNames, type MethodName } from './methodNames';
import { networks, type NetworkName } from './networks';

type Way = (typeof similarities)[number];

/** What the figures and tables call them. */
const WAYS: Record<Way, string> = {
  spearman: 'Spearman, signed',
  spearmanAbsolute: 'Spearman, magnitudes',
  ssim: 'SSIM',
  hog: 'HOG',
};

/** Where the edges of the photo and the random map stand, right of all that is random. */
const BESIDE = { edges: 1.14, random: 1.28 };

/** The curves of each network and method: two ways in a figure. */
export function cascadingFigure(
  results: readonly CascadingResult[],
  ways: readonly [Way, Way],
  title: string,
): string {
  const names = networksIn(results);
  const panels = names.map((network) =>
    methodNames.map((method) => ({
      lines: ways.map((way) => ({ name: WAYS[way], points: pointsOf(of(results, network, method), way) })),
    })),
  );
  const all = panels
    .flat()
    .flatMap(({ lines }) => lines.flatMap(({ points }) => points.map(([, y]) => y ?? 0)));
  const least = Math.min(-0.25, Math.floor(4 * Math.min(...all)) / 4);
  return lineCharts({
    title,
    panels,
    columns: methodNames,
    rows: names.map((network) => networks[network].title.split(',')[0]!),
    yLabels: names.map(() => 'similarity'),
    yRanges: names.map(() => [least, 1]),
    xLabel:
      'share of the layers, from the output down, that are random; then against the edges of the photo (E) and a random map (R)',
    xRange: [-0.04, 1.36],
    xTicks: [
      [0, '0'],
      [0.5, '½'],
      [1, '1'],
      [BESIDE.edges, 'E'],
      [BESIDE.random, 'R'],
    ],
    width: 138,
    height: 112,
  });
}

function pointsOf(results: readonly CascadingResult[], way: Way): Line['points'] {
  const [first] = results;
  if (!first || first.samples.every(({ curves }) => curves[way] === undefined)) return [];
  return [
    [0, 1],
    ...first.random.map((count, i) => [count / first.layers, at(results, way, i)] as const),
    [BESIDE.edges, at(results, way, 'edges')],
    [BESIDE.random, at(results, way, 'random')],
  ];
}

/** The tables of each network, signed and absolute beside each other. */
export function cascadingTables(results: readonly CascadingResult[]): string {
  return networksIn(results)
    .map((network) => {
      const all = results.filter((result) => result.network === network);
      const depths = quartersOf(all[0]!);
      const head = (ways: readonly string[]) => [
        'map',
        ...depths.flatMap(({ count }) => ways.map((way) => `${count} ${way}`)),
        ...['edges', 'random map'].flatMap((name) => ways.map((way) => `${name} ${way}`)),
        'photos × seeds',
      ];
      const rows = (ways: readonly Way[]) =>
        methodNames.flatMap((method) => {
          const some = of(results, network, method);
          if (some.length === 0) return [];
          const columns = [...depths.map(({ index }) => index), 'edges' as const, 'random' as const];
          const cells = columns.flatMap((column) => ways.map((way) => inTable(at(some, way, column))));
          return [[method, ...cells, sizeOf(some)]];
        });
      return [
        `### ${networks[network].title}: ${all[0]!.layers} layers with weights`,
        '',
        'Spearman of the map as it is (±) and of its magnitudes (abs), so many layers from the output down being random:',
        '',
        markdownTable(head(['±', 'abs']), rows(['spearman', 'spearmanAbsolute'])),
        '',
        'SSIM and HOG of the magnitudes:',
        '',
        markdownTable(head(['SSIM', 'HOG']), rows(['ssim', 'hog'])),
        '',
        `The standard deviation over photos and seeds is at most ${inTable(largestDeviation(all))}.`,
        '',
      ].join('\n');
    })
    .join('\n');
}

/** The points nearest to a quarter, a half, three quarters of the layers and all. */
function quartersOf({ random, layers }: CascadingResult): { index: number; count: number }[] {
  const wanted = [0.25, 0.5, 0.75, 1].map((share) => {
    const off = (count: number) => Math.abs(count / layers - share);
    return random.reduce((best, count, i) => (off(count) < off(random[best]!) ? i : best), 0);
  });
  return [...new Set(wanted)].map((index) => ({ index, count: random[index]! }));
}

/** The mean over photos and seeds, at a point of the curve or beside it. */
function at(results: readonly CascadingResult[], way: Way, column: number | 'edges' | 'random') {
  return meanOf(valuesAt(results, way, column));
}

function valuesAt(results: readonly CascadingResult[], way: Way, column: number | 'edges' | 'random') {
  return results.flatMap(({ samples }) =>
    samples.map((sample) =>
      typeof column === 'number' ? sample.curves[way]?.[column] : sample[column]?.[way],
    ),
  );
}

function largestDeviation(results: readonly CascadingResult[]): number {
  const each = methodNames.flatMap((method) => {
    const some = results.filter((result) => result.method === method);
    const points = some[0]?.random.map((_, i) => i) ?? [];
    return similarities.flatMap((way) => points.map((i) => deviationOf(valuesAt(some, way, i))));
  });
  return Math.max(...each);
}

function sizeOf(results: readonly CascadingResult[]): string {
  const counts = results.map(({ photos }) => photos.length);
  const most = Math.max(...counts);
  return counts.every((count) => count === most) ? `${most} × ${counts.length}` : counts.join(' + ');
}

function of(results: readonly CascadingResult[], network: NetworkName, method: MethodName) {
  return results.filter((result) => result.network === network && result.method === method);
}

function networksIn(results: readonly CascadingResult[]): NetworkName[] {
  return [...new Set(results.map(({ network }) => network))];
}
