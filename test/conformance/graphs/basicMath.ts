import type { ConformanceCase } from '../conformanceCase';
import { graphCase } from '../graphSubject';

/** Each function of one number, and where it is defined and not flat. */
const unary: readonly (readonly [op: string, low: number, high: number])[] = [
  ['Abs', -1, 1],
  ['Acos', -0.8, 0.8],
  ['Asin', -0.8, 0.8],
  ['Atan', -2, 2],
  ['Ceil', -2, 2],
  ['Cos', -3, 3],
  ['Cosh', -2, 2],
  ['Elu', -2, 2],
  ['Exp', -2, 2],
  ['Floor', -2, 2],
  ['Log', 0.3, 3],
  ['Neg', -1, 1],
  ['Relu', -1, 1],
  ['Relu6', -4, 8],
  ['Selu', -2, 2],
  ['Sigmoid', -4, 4],
  ['Sin', -3, 3],
  ['Sinh', -2, 2],
  ['Sqrt', 0.3, 3],
  ['Rsqrt', 0.3, 3],
  ['Square', -2, 2],
  ['Tan', -1, 1],
  ['Tanh', -2, 2],
  ['Sign', -1, 1],
  ['Round', -2, 2],
  ['Expm1', -2, 2],
  ['Log1p', -0.6, 2],
  ['Reciprocal', 0.5, 2],
  ['Softplus', -4, 4],
  ['Asinh', -2, 2],
  ['Acosh', 1.3, 3],
  ['Atanh', -0.7, 0.7],
  ['Erf', -2, 2],
];

export const basicMathGraphs: readonly ConformanceCase[] = [
  ...unary.flatMap(([op, low, high]) => [
    graphCase(op, 'on 2x3x4', [[2, 3, 4]], (g, x) => g.node(op, [x]), { range: [low, high] }),
    graphCase(op, 'and a product with x, on 3x5', [[3, 5]], (g, x) => g.node('Mul', [g.node(op, [x]), x]), {
      range: [low, high],
    }),
  ]),
  graphCase('ClipByValue', 'both bounds', [[2, 3, 4]], (g, x) =>
    g.node('ClipByValue', [x, g.float(-0.5), g.float(0.25)]),
  ),
  graphCase(
    'ClipByValue',
    'behind a Relu',
    [[2, 3, 4]],
    (g, x) => g.node('ClipByValue', [g.node('Relu', [x]), g.float(0), g.float(6)]),
    { range: [-5, 8] },
  ),
  graphCase('LeakyRelu', 'alpha 0.2 by default', [[2, 3, 4]], (g, x) => g.node('LeakyRelu', [x])),
  graphCase('LeakyRelu', 'alpha 0.05', [[2, 5]], (g, x) =>
    g.node('LeakyRelu', [x], { alpha: { float: 0.05 } }),
  ),
  graphCase('Prelu', 'a slope each channel', [[2, 3, 4]], (g, x) =>
    g.node('Prelu', [x, g.weight([4], -0.3, 0.7)]),
  ),
  graphCase('Prelu', 'a slope each cell', [[2, 3, 4]], (g, x) =>
    g.node('Prelu', [x, g.weight([3, 4], -0.3, 0.7)]),
  ),
  graphCase('Prelu', 'x is the slope', [[1, 4]], (g, x) => g.node('Prelu', [g.weight([2, 3, 4]), x])),
  graphCase('Sigmoid', 'far out', [[2, 4]], (g, x) => g.node('Sigmoid', [x]), { range: [-20, 20] }),
  graphCase('Softplus', 'far out', [[2, 4]], (g, x) => g.node('Softplus', [x]), { range: [-20, 20] }),
  ...['IsNan', 'IsInf', 'IsFinite'].map((op) =>
    graphCase(op, 'as a factor', [[2, 4]], (g, x) =>
      g.node('Mul', [x, g.node('Cast', [g.node(op, [x])], { DstT: { type: 'DT_FLOAT' } })]),
    ),
  ),
  graphCase('Complex', 'the sum of its parts', [[2, 4]], (g, x) => {
    const number = g.node('Complex', [x, g.weight([2, 4])]);
    return g.node('AddV2', [g.node('Real', [number]), g.node('Imag', [number])]);
  }),
  graphCase('Real', 'of a complex number made of x', [[2, 4]], (g, x) =>
    g.node('Real', [g.node('Complex', [x, g.weight([2, 4])])]),
  ),
  graphCase('Imag', 'of a complex number made of x', [[2, 4]], (g, x) =>
    g.node('Imag', [g.node('Complex', [g.weight([2, 4]), x])]),
  ),
  graphCase('ComplexAbs', 'of a complex number made of x', [[2, 4]], (g, x) =>
    g.node('ComplexAbs', [g.node('Complex', [x, g.weight([2, 4], 0.5, 1)])]),
  ),
];
