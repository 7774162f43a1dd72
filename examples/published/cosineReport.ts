import { cosineMethods, cosineNetworks, VECTORS, type CosineMethod, type CosineResult } from './cosine';
import { lineCharts } from './lineCharts';
import { inTable, markdownTable, meanOf } from './means';
import { networks, type NetworkName } from './networks';

const methodsOf = Object.keys(cosineMethods) as CosineMethod[];

type Way = 'median' | 'medianAbsolute';

/** The cosines through the layers, of each network. */
export function cosineFigure(results: readonly CosineResult[]): string {
  const names = networksIn(results);
  const row = (way: Way) =>
    names.map((network) => ({
      lines: methodsOf.map((method) => ({
        name: method,
        points: pointsOf(of(results, network, method), way),
      })),
    }));
  return lineCharts({
    title: 'Cosines of what random vectors send back, through the layers of networks, by method',
    panels: [row('medianAbsolute'), row('median')],
    columns: names.map((network) => networks[network].title),
    rows: ['magnitude', 'signed'],
    yLabels: ['median of |cos|', 'median of cos'],
    yRanges: [
      [0, 1],
      [-1, 1],
    ],
    xLabel: 'filters passed on the way back, as a share of all below the start; at 1 the first layer',
    xRange: [0, 1.03],
    xTicks: [
      [0, '0'],
      [0.5, '½'],
      [1, '1'],
    ],
    width: 230,
    height: 170,
  });
}

function pointsOf(results: readonly CosineResult[], way: Way): [number, number | null][] {
  const [first] = results;
  if (!first) return [];
  return first.layers.map((_, i) => [
    (i + 1) / first.layers.length,
    meanOf(results.map(({ cosines }) => cosines[i]![way])),
  ]);
}

/** The medians half way, at the first layer and at the input. */
export function cosineTables(results: readonly CosineResult[]): string {
  return networksIn(results)
    .map((network) => {
      const all = results.filter((result) => result.network === network);
      const [{ layers, start }] = all as [CosineResult];
      const places = [Math.floor((layers.length - 1) / 2), layers.length - 1];
      const rows = methodsOf.map((method) => {
        const some = of(results, network, method);
        const cells = places.flatMap((i) =>
          (['medianAbsolute', 'median'] as const).map((way) =>
            inTable(meanOf(some.map(({ cosines }) => cosines[i]![way]))),
          ),
        );
        const ends = (['medianAbsolute', 'median'] as const).map((way) =>
          inTable(meanOf(some.map(({ input }) => input[way]))),
        );
        return [method, ...cells, ...ends, String(new Set(some.map(({ photo }) => photo)).size)];
      });
      const name = (i: number) => `\`${layers[i]!}\``;
      return [
        `### ${networks[network].title}`,
        '',
        `${VECTORS} random vectors at \`${start}\`, each pair compared; ${layers.length} layers with a filter lead there.`,
        '',
        markdownTable(
          [
            'way back',
            ...places.flatMap((i) => [`${name(i)} abs`, `${name(i)} ±`]),
            'input abs',
            'input ±',
            'photos',
          ],
          rows,
        ),
        '',
      ].join('\n');
    })
    .join('\n');
}

function of(results: readonly CosineResult[], network: NetworkName, method: CosineMethod) {
  return results.filter((result) => result.network === network && result.method === method);
}

function networksIn(results: readonly CosineResult[]): NetworkName[] {
  const found = new Set(results.map(({ network }) => network));
  return [...cosineNetworks, ...found].filter((name, i, all) => found.has(name) && all.indexOf(name) === i);
}
