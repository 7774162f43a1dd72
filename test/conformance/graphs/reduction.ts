import type { ConformanceCase } from '../conformanceCase';
import { graphCase } from '../graphSubject';

const axes: readonly (readonly [axis: readonly number[], keep_dims: boolean])[] = [
  [[1], false],
  [[0], true],
  [[-1], false],
  [[0, 2], false],
  [[-2, -1], true],
  [[0, 1, 2], false],
];

const float = { DstT: { type: 'DT_FLOAT' } };

export const reductionGraphs: readonly ConformanceCase[] = [
  ...['Max', 'Mean', 'Min', 'Sum', 'Prod'].flatMap((op) =>
    axes.map(([axis, keep_dims]) =>
      graphCase(op, `axis ${axis.join(', ')}${keep_dims ? ', kept' : ''}`, [[2, 3, 4]], (g, x) =>
        g.node(op, [x, g.integers(axis)], { keep_dims }),
      ),
    ),
  ),
  ...['Max', 'Mean', 'Min', 'Sum', 'Prod'].map((op) =>
    graphCase(op, 'rank 4, the two in the middle', [[2, 3, 2, 3]], (g, x) =>
      g.node(op, [x, g.integers([1, 2])], { keep_dims: true }),
    ),
  ),
  graphCase(
    'Prod',
    'with a 0 in a row, two in the other',
    [[2, 4]],
    (g, x) => g.node('Prod', [x, g.integers([1])]),
    { pinned: { at: [1, 4, 6], value: 0 } },
  ),
  ...['All', 'Any'].map((op) =>
    graphCase(
      op,
      'of a comparison, as a factor',
      [[2, 4]],
      (g, x) => {
        const some = g.node(op, [g.node('Greater', [x, g.float(-0.5)]), g.integers([1])], {
          keep_dims: true,
        });
        return g.node('Mul', [x, g.node('Cast', [some], float)]);
      },
      { range: [-0.52, 1] },
    ),
  ),
  ...['ArgMax', 'ArgMin'].flatMap((op) => [
    graphCase(op, 'by itself, as a number', [[2, 4]], (g, x) =>
      g.node('Cast', [g.node(op, [x, g.integer(1)])], float),
    ),
    graphCase(op, 'added to x', [[2, 4]], (g, x) =>
      g.node('AddV2', [
        g.node('ExpandDims', [g.node('Cast', [g.node(op, [x, g.integer(-1)])], float), g.integer(1)]),
        x,
      ]),
    ),
  ]),
  ...['Cumsum', 'Cumprod'].flatMap((op) => [
    graphCase(op, 'last axis', [[2, 3, 4]], (g, x) => g.node(op, [x, g.integer(2)])),
    graphCase(op, 'first axis', [[3, 4]], (g, x) => g.node(op, [x, g.integer(0)])),
    graphCase(op, 'a square, first axis', [[3, 3]], (g, x) => g.node(op, [x, g.integer(0)])),
    graphCase(op, 'middle axis', [[2, 3, 4]], (g, x) => g.node(op, [x, g.integer(1)])),
    graphCase(op, 'exclusive', [[2, 4]], (g, x) => g.node(op, [x, g.integer(1)], { exclusive: true })),
    graphCase(op, 'backwards', [[2, 4]], (g, x) => g.node(op, [x, g.integer(1)], { reverse: true })),
    graphCase(op, 'exclusive and backwards, middle axis', [[2, 3, 2]], (g, x) =>
      g.node(op, [x, g.integer(1)], { exclusive: true, reverse: true }),
    ),
    graphCase(op, 'axis -1, rank 3', [[2, 3, 4]], (g, x) => g.node(op, [x, g.integer(-1)]), {
      reference: (g, x) => g.node(op, [x, g.integer(2)]),
    }),
    graphCase(op, 'axis -1, rank 2', [[3, 4]], (g, x) => g.node(op, [x, g.integer(-1)]), {
      reference: (g, x) => g.node(op, [x, g.integer(1)]),
    }),
  ]),
  graphCase(
    'Cumprod',
    'over a 0 in a row, two in the other',
    [[2, 4]],
    (g, x) => g.node('Cumprod', [x, g.integer(1)]),
    { pinned: { at: [1, 4, 6], value: 0 } },
  ),
  graphCase('Bincount', 'x as weights', [[1, 5]], (g, x) =>
    g.node('Bincount', [g.integers([0, 2, 1, 2, 3]), g.integer(4), g.node('Reshape', [x, g.integers([5])])]),
  ),
  graphCase('DenseBincount', 'x as weights', [[2, 3]], (g, x) =>
    g.node('DenseBincount', [g.integers([0, 2, 1, 2, 3, 2], [2, 3]), g.integer(4), x], {
      binary_output: false,
    }),
  ),
];
