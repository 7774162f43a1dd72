import type { ConformanceCase } from '../conformanceCase';
import { graphCase } from '../graphSubject';

const fused = (
  label: string,
  fused_ops: readonly string[],
  attributes: Record<string, boolean | { float: number }> = {},
) =>
  graphCase('_FusedMatMul', label, [attributes['transpose_a'] === true ? [4, 3] : [3, 4]], (g, x) => {
    const slopes = fused_ops[1] === 'Prelu' ? [g.weight([5], -0.3, 0.7)] : [];
    const weights = g.weight(attributes['transpose_b'] === true ? [5, 4] : [4, 5]);
    return g.node('_FusedMatMul', [x, weights, g.weight([5]), ...slopes], {
      num_args: 1 + slopes.length,
      fused_ops,
      ...attributes,
    });
  });

const einsum = (equation: string, x: number[], ...others: number[][]) =>
  graphCase('Einsum', equation, [x], (g, name) =>
    g.node('Einsum', [name, ...others.map((shape) => g.weight(shape))], { equation, N: 1 + others.length }),
  );

export const matrixGraphs: readonly ConformanceCase[] = [
  ...['MatMul', 'BatchMatMul', 'BatchMatMulV2'].map((op) =>
    graphCase(op, 'x and a constant', [[3, 4]], (g, x) => g.node(op, [x, g.weight([4, 5])])),
  ),
  graphCase('MatMul', 'a constant and x', [[4, 5]], (g, x) => g.node('MatMul', [g.weight([3, 4]), x])),
  graphCase('MatMul', 'x transposed', [[4, 3]], (g, x) =>
    g.node('MatMul', [x, g.weight([4, 5])], { transpose_a: true }),
  ),
  graphCase('MatMul', 'by a constant transposed', [[3, 4]], (g, x) =>
    g.node('MatMul', [x, g.weight([5, 4])], { transpose_b: true }),
  ),
  graphCase('MatMul', 'both transposed', [[4, 3]], (g, x) =>
    g.node('MatMul', [x, g.weight([5, 4])], { transpose_a: true, transpose_b: true }),
  ),
  graphCase('MatMul', 'a constant and x, both transposed', [[5, 4]], (g, x) =>
    g.node('MatMul', [g.weight([4, 3]), x], { transpose_a: true, transpose_b: true }),
  ),
  graphCase(
    'MatMul',
    'two inputs',
    [
      [3, 4],
      [4, 2],
    ],
    (g, a, b) => g.node('MatMul', [a, b]),
  ),
  graphCase('MatMul', 'x by itself', [[3, 3]], (g, x) => g.node('MatMul', [x, x])),
  graphCase(
    'BatchMatMulV2',
    'rank 3',
    [
      [2, 3, 4],
      [2, 4, 5],
    ],
    (g, a, b) => g.node('BatchMatMulV2', [a, b]),
  ),
  graphCase(
    'BatchMatMulV2',
    'rank 3, adjoint of the second',
    [
      [2, 3, 4],
      [2, 5, 4],
    ],
    (g, a, b) => g.node('BatchMatMulV2', [a, b], { adj_y: true }),
  ),
  graphCase(
    'BatchMatMulV2',
    'rank 3, adjoint of the first',
    [
      [2, 4, 3],
      [2, 4, 5],
    ],
    (g, a, b) => g.node('BatchMatMulV2', [a, b], { adj_x: true }),
  ),
  graphCase(
    'BatchMatMulV2',
    'rank 4',
    [
      [2, 2, 3, 4],
      [2, 2, 4, 2],
    ],
    (g, a, b) => g.node('BatchMatMulV2', [a, b]),
  ),
  graphCase('BatchMatMulV2', 'a batch by one matrix', [[2, 3, 4]], (g, x) =>
    g.node('BatchMatMulV2', [x, g.weight([1, 4, 5])]),
  ),
  graphCase('BatchMatMulV2', 'a batch by a matrix of rank 2', [[2, 3, 4]], (g, x) =>
    g.node('BatchMatMulV2', [x, g.weight([4, 5])]),
  ),
  graphCase('BatchMatMulV2', 'one matrix, x, by a batch', [[1, 3, 4]], (g, x) =>
    g.node('BatchMatMulV2', [x, g.weight([2, 4, 5])]),
  ),
  graphCase('BatchMatMulV2', 'a batch by one matrix, x', [[1, 4, 5]], (g, x) =>
    g.node('BatchMatMulV2', [g.weight([3, 2, 4]), x]),
  ),
  graphCase(
    'BatchMatMulV2',
    'batches that spread over each other',
    [
      [2, 1, 2, 3],
      [1, 2, 3, 2],
    ],
    (g, a, b) => g.node('BatchMatMulV2', [a, b]),
    {
      // TF.js counts the batches of the larger operand alone
      reference: (g, a, b) =>
        g.node('BatchMatMulV2', [
          g.node('BroadcastTo', [a, g.integers([2, 2, 2, 3])]),
          g.node('BroadcastTo', [b, g.integers([2, 2, 3, 2])]),
        ]),
    },
  ),

  fused('BiasAdd', ['BiasAdd']),
  ...['Relu', 'Relu6', 'Elu', 'LeakyRelu', 'Prelu', 'Sigmoid'].map((op) =>
    fused(`BiasAdd, ${op}`, ['BiasAdd', op]),
  ),
  fused('BiasAdd, LeakyRelu, alpha 0.05', ['BiasAdd', 'LeakyRelu'], { leakyrelu_alpha: { float: 0.05 } }),
  fused('BiasAdd, Relu, x transposed', ['BiasAdd', 'Relu'], { transpose_a: true }),
  fused('BiasAdd, both transposed', ['BiasAdd'], { transpose_a: true, transpose_b: true }),
  fused('BiasAdd, Relu, weights transposed', ['BiasAdd', 'Relu'], { transpose_b: true }),
  graphCase('_FusedMatMul', 'x is the weights', [[4, 5]], (g, x) =>
    g.node('_FusedMatMul', [g.weight([3, 4]), x, g.weight([5])], {
      num_args: 1,
      fused_ops: ['BiasAdd', 'Relu'],
    }),
  ),
  graphCase('_FusedMatMul', 'x is the bias', [[1, 5]], (g, x) =>
    g.node('_FusedMatMul', [g.weight([3, 4]), g.weight([4, 5]), g.node('Reshape', [x, g.integers([5])])], {
      num_args: 1,
      fused_ops: ['BiasAdd', 'Relu'],
    }),
  ),

  graphCase('Transpose', 'rank 2', [[3, 4]], (g, x) => g.node('Transpose', [x, g.integers([1, 0])])),
  graphCase('Transpose', 'rank 3', [[2, 3, 4]], (g, x) => g.node('Transpose', [x, g.integers([2, 0, 1])])),
  graphCase('Transpose', 'rank 4', [[2, 3, 2, 4]], (g, x) =>
    g.node('Transpose', [x, g.integers([0, 3, 1, 2])]),
  ),
  graphCase('Transpose', 'rank 5', [[1, 2, 3, 2, 2]], (g, x) =>
    g.node('Transpose', [x, g.integers([4, 0, 2, 1, 3])]),
  ),

  einsum('ij,jk->ik', [3, 4], [4, 2]),
  einsum('bij,bjk->bik', [2, 3, 4], [2, 4, 2]),
  einsum('abc,cde->abde', [2, 3, 4], [4, 2, 2]),
  einsum('ij->ji', [3, 4]),
  einsum('ij->i', [3, 4]),
  graphCase(
    'Einsum',
    'both inputs, bqhd,bkhd->bhqk',
    [
      [1, 3, 2, 2],
      [1, 2, 2, 2],
    ],
    (g, a, b) => g.node('Einsum', [a, b], { equation: 'bqhd,bkhd->bhqk', N: 2 }),
  ),
  graphCase('MatrixBandPart', 'lower and upper', [[4, 4]], (g, x) =>
    g.node('MatrixBandPart', [x, g.integer(1), g.integer(1)]),
  ),
  graphCase('MatrixBandPart', 'rank 3', [[2, 3, 4]], (g, x) =>
    g.node('MatrixBandPart', [x, g.integer(0), g.integer(0)]),
  ),
];

export const normalizationGraphs: readonly ConformanceCase[] = [
  ...(
    [
      [[1], false],
      [[0], true],
      [[-1], true],
      [[0, 1], false],
    ] as const
  ).map(([axis, keep_dims]) =>
    graphCase('EuclideanNorm', `axis ${axis.join(', ')}${keep_dims ? ', kept' : ''}`, [[3, 4]], (g, x) =>
      g.node('EuclideanNorm', [x, g.integers(axis)], { keep_dims }),
    ),
  ),
  ...['FusedBatchNorm', 'FusedBatchNormV2', 'FusedBatchNormV3'].map((op) =>
    graphCase(op, '2x3x4x2', [[2, 3, 4, 2]], (g, x) =>
      g.node(op, [x, g.weight([2], 0.5, 1.5), g.weight([2]), g.weight([2]), g.weight([2], 0.5, 1.5)], {
        epsilon: { float: 0.001 },
      }),
    ),
  ),
  graphCase('FusedBatchNormV3', 'epsilon 0.1, five channels', [[1, 3, 2, 5]], (g, x) =>
    g.node(
      'FusedBatchNormV3',
      [x, g.weight([5], -1.5, 1.5), g.weight([5]), g.weight([5]), g.weight([5], 0.5, 1.5)],
      { epsilon: { float: 0.1 }, is_training: false },
    ),
  ),
  graphCase('LRN', 'radius 2', [[2, 2, 3, 6]], (g, x) =>
    g.node('LRN', [x], { depth_radius: 2, bias: { float: 1 }, alpha: { float: 0.5 }, beta: { float: 0.75 } }),
  ),
  ...[0, 7].map((depth_radius) =>
    graphCase('LRN', `radius ${depth_radius}`, [[1, 2, 2, 4]], (g, x) =>
      g.node('LRN', [x], { depth_radius, bias: { float: 1 }, alpha: { float: 0.5 }, beta: { float: 0.75 } }),
    ),
  ),
  graphCase('LRN', 'radius 1, a small bias', [[1, 2, 3, 5]], (g, x) =>
    g.node('LRN', [x], { depth_radius: 1, bias: { float: 0.5 }, alpha: { float: 2 }, beta: { float: 0.5 } }),
  ),
  ...['Softmax', 'LogSoftmax'].flatMap((op) => [
    graphCase(op, 'rank 2', [[3, 5]], (g, x) => g.node(op, [x]), { range: [-3, 3] }),
    graphCase(op, 'rank 3', [[2, 3, 4]], (g, x) => g.node(op, [x])),
    graphCase(op, 'one class', [[3, 1]], (g, x) => g.node(op, [x])),
  ]),
  graphCase('Softmax', 'rank 4', [[1, 2, 3, 4]], (g, x) => g.node('Softmax', [x])),
  graphCase('SquaredDifference', 'in a layer normalisation as TF2 exports it', [[2, 3, 5]], (g, x) => {
    const mean = g.node('Mean', [x, g.integers([2])], { keep_dims: true });
    const variance = g.node('Mean', [g.node('SquaredDifference', [x, mean]), g.integers([2])], {
      keep_dims: true,
    });
    const scale = g.node('Mul', [
      g.node('Rsqrt', [g.node('AddV2', [variance, g.float(0.125)])]),
      g.weight([5], 0.5, 1.5),
    ]);
    const shift = g.node('Sub', [g.weight([5]), g.node('Mul', [mean, scale])]);
    return g.node('AddV2', [g.node('Mul', [x, scale]), shift]);
  }),
];
