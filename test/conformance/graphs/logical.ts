import type { ConformanceCase } from '../conformanceCase';
import { graphCase } from '../graphSubject';

const float = { DstT: { type: 'DT_FLOAT' } };
const comparisons = ['Equal', 'NotEqual', 'Greater', 'GreaterEqual', 'Less', 'LessEqual'];

export const logicalGraphs: readonly ConformanceCase[] = [
  ...comparisons.flatMap((op) => [
    graphCase(op, 'as a factor of x', [[2, 4]], (g, x) =>
      g.node('Mul', [x, g.node('Cast', [g.node(op, [x, g.weight([4])])], float)]),
    ),
    graphCase(op, 'by itself', [[2, 4]], (g, x) =>
      g.node('Cast', [g.node(op, [g.weight([2, 4]), x])], float),
    ),
    graphCase(op, 'as the condition of a choice', [[2, 4]], (g, x) =>
      g.node('SelectV2', [g.node(op, [x, g.float(0.25)]), g.node('Square', [x]), g.node('Neg', [x])]),
    ),
  ]),
  ...['LogicalAnd', 'LogicalOr'].map((op) =>
    graphCase(op, 'of two comparisons, as a factor', [[2, 4]], (g, x) => {
      const both = g.node(op, [g.node('Greater', [x, g.float(-0.5)]), g.node('Less', [x, g.float(0.25)])]);
      return g.node('Mul', [x, g.node('Cast', [both], float)]);
    }),
  ),
  graphCase('LogicalNot', 'of a comparison, as a factor', [[2, 4]], (g, x) =>
    g.node('Mul', [x, g.node('Cast', [g.node('LogicalNot', [g.node('Greater', [x, g.float(0)])])], float)]),
  ),
  graphCase('Select', 'x or a constant', [[2, 3]], (g, x) =>
    g.node('Select', [g.booleans([true, false, true, false, false, true], [2, 3]), x, g.weight([2, 3])]),
  ),
  graphCase('Select', 'a constant or x, by row', [[2, 3]], (g, x) =>
    g.node('Select', [g.booleans([true, false, true, false, false, true], [2, 3]), g.weight([2, 3]), x]),
  ),
  graphCase('SelectV2', 'spread condition', [[2, 3]], (g, x) =>
    g.node('SelectV2', [g.booleans([true, false, true]), x, g.weight([2, 3])]),
  ),
  graphCase('SelectV2', 'x is the smaller one', [[1, 3]], (g, x) =>
    g.node('SelectV2', [g.booleans([true, false, true, false, false, true], [2, 3]), x, g.float(0.5)]),
  ),
  graphCase('SelectV2', 'x on both sides', [[2, 3]], (g, x) =>
    g.node('SelectV2', [g.booleans([true, false, false]), x, g.node('Square', [x])]),
  ),
  graphCase(
    'BitwiseAnd',
    'of x made whole',
    [[2, 4]],
    (g, x) => {
      const whole = g.node('Cast', [x], { DstT: { type: 'DT_INT32' } });
      const bits = g.node('BitwiseAnd', [whole, g.integers([5, 5, 5, 5, 5, 5, 5, 5], [2, 4])]);
      return g.node('AddV2', [x, g.node('Cast', [bits], float)]);
    },
    { range: [0, 9] },
  ),
];
