import type { ConformanceCase } from '../conformanceCase';
import { graphCase } from '../graphSubject';

/** What each op's operands are drawn from: away from 0 where it divides. */
const binary: readonly (readonly [op: string, low: number, high: number])[] = [
  ['Add', -1, 1],
  ['AddV2', -1, 1],
  ['Sub', -1, 1],
  ['Mul', -1, 1],
  ['RealDiv', 0.5, 2],
  ['Div', 0.5, 2],
  ['DivNoNan', 0.5, 2],
  ['FloorDiv', 0.5, 2],
  ['Maximum', -1, 1],
  ['Minimum', -1, 1],
  ['Pow', 0.5, 2],
  ['SquaredDifference', -1, 1],
  ['Mod', 0.5, 2],
  ['FloorMod', 0.5, 2],
  ['Atan2', 0.5, 2],
];

const binaryCases = binary.flatMap(([op, low, high]): ConformanceCase[] => {
  const range = [low, high] as const;
  return [
    graphCase(
      op,
      'x and a constant of its shape',
      [[2, 3, 4]],
      (g, x) => g.node(op, [x, g.weight([2, 3, 4], low, high)]),
      { range },
    ),
    graphCase(
      op,
      'a constant and x',
      [[2, 3, 4]],
      (g, x) => g.node(op, [g.weight([2, 3, 4], low, high), x]),
      { range },
    ),
    graphCase(
      op,
      'x and a smaller constant',
      [[2, 3, 4]],
      (g, x) => g.node(op, [x, g.weight([4], low, high)]),
      { range },
    ),
    graphCase(
      op,
      'x and a larger constant',
      [[2, 1, 4]],
      (g, x) => g.node(op, [x, g.weight([3, 2, 5, 4], low, high)]),
      { range },
    ),
    graphCase(
      op,
      'a larger constant and x',
      [[1, 4]],
      (g, x) => g.node(op, [g.weight([2, 3, 4], low, high), x]),
      { range },
    ),
    graphCase(
      op,
      'two inputs that spread over each other',
      [
        [2, 3, 1],
        [2, 1, 4],
      ],
      (g, a, b) => g.node(op, [a, b]),
      { range },
    ),
    graphCase(op, 'x and a scalar', [[2, 5]], (g, x) => g.node(op, [x, g.float((low + 2 * high) / 3)]), {
      range,
    }),
    graphCase(
      op,
      'x with itself, reversed',
      [[2, 5]],
      (g, x) => g.node(op, [x, g.node('ReverseV2', [x, g.integers([1])])]),
      { range },
    ),
  ];
});

export const arithmeticGraphs: readonly ConformanceCase[] = [
  ...binaryCases,
  graphCase('AddN', 'x, a constant and x again', [[2, 3]], (g, x) =>
    g.node('AddN', [x, g.weight([2, 3]), x]),
  ),
  graphCase(
    'AddN',
    'three inputs',
    [
      [2, 3],
      [2, 3],
      [2, 3],
    ],
    (g, ...xs) => g.node('AddN', xs),
  ),
  graphCase('BiasAdd', 'to x', [[2, 3, 4]], (g, x) => g.node('BiasAdd', [x, g.weight([4])])),
  graphCase('BiasAdd', 'x is the bias', [[1, 4]], (g, x) =>
    g.node('BiasAdd', [g.weight([2, 3, 4]), g.node('Reshape', [x, g.integers([4])])]),
  ),
  graphCase('DivNoNan', 'by exactly 0 in places', [[2, 3]], (g, x) =>
    g.node('DivNoNan', [x, g.floats([0, 1, -2, 0, 0.5, 3], [2, 3])]),
  ),
  graphCase('Pow', 'whole exponents on both signs', [[2, 4]], (g, x) =>
    g.node('Pow', [x, g.floats([2, 3, 1, 4])]),
  ),
];
