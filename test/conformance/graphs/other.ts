import type { ConformanceCase } from '../conformanceCase';
import { graphCase, type GraphWriter } from '../graphSubject';

const float = { DstT: { type: 'DT_FLOAT' } };

/** x times a number that the graph derives from x alone. */
const timesCast = (g: GraphWriter, x: string, number: string) =>
  g.node('Mul', [x, g.node('Cast', [number], float)]);

export const graphGraphs: readonly ConformanceCase[] = [
  ...['Identity', 'Snapshot'].map((op) =>
    graphCase(op, 'of x, times x', [[2, 3]], (g, x) => g.node('Mul', [g.node(op, [x]), x])),
  ),
  graphCase('IdentityN', 'of x and a constant', [[2, 3]], (g, x) => {
    const both = g.node('IdentityN', [x, g.weight([2, 3])]);
    return g.node('Mul', [both, `${both}:1`]);
  }),
  graphCase('FakeQuantWithMinMaxVars', 'ignored, as TF.js does', [[2, 3]], (g, x) =>
    g.node('FakeQuantWithMinMaxVars', [x, g.float(-1), g.float(1)]),
  ),
  graphCase('PlaceholderWithDefault', 'left at its default', [[2, 3]], (g, x) =>
    g.node('Mul', [x, g.node('PlaceholderWithDefault', [g.weight([2, 3])], { dtype: { type: 'DT_FLOAT' } })]),
  ),
  graphCase('Const', 'times x', [[2, 3]], (g, x) => g.node('Mul', [x, g.weight([2, 3])])),
  ...['Rank', 'Size'].map((op) =>
    graphCase(op, 'as a factor', [[2, 3]], (g, x) => timesCast(g, x, g.node(op, [x]))),
  ),
  graphCase('Shape', 'in a reshape, as exports write a flatten', [[2, 3, 2]], (g, x) => {
    const batch = g.node(
      'StridedSlice',
      [g.node('Shape', [x]), g.integers([0]), g.integers([1]), g.integers([1])],
      { shrink_axis_mask: 1 },
    );
    return g.node('Reshape', [x, g.node('Pack', [batch, g.integer(6)], { axis: 0 })]);
  }),
  graphCase('ShapeN', 'as a factor', [[2, 3]], (g, x) =>
    timesCast(g, x, g.node('Slice', [g.node('ShapeN', [x, x]), g.integers([1]), g.integers([1])])),
  ),
  graphCase('NoOp', 'as a control input', [[2, 3]], (g, x) =>
    g.node('AddN', [x, g.weight([2, 3]), `^${g.node('NoOp', [])}`]),
  ),

  graphCase('Fill', 'of a constant, times x', [[2, 3]], (g, x) =>
    g.node('Mul', [x, g.node('Fill', [g.integers([2, 3]), g.float(0.5)])]),
  ),
  graphCase('Range', 'times x', [[2, 3]], (g, x) =>
    g.node('Mul', [
      x,
      g.node('Range', [g.integer(1), g.integer(4), g.integer(1)], { Tidx: { type: 'DT_FLOAT' } }),
    ]),
  ),
  graphCase('LinSpace', 'times x', [[2, 3]], (g, x) =>
    g.node('Mul', [x, g.node('LinSpace', [g.float(1), g.float(2), g.integer(3)])]),
  ),
  graphCase('OneHot', 'of the largest, times x', [[2, 4]], (g, x) => {
    const hot = g.node(
      'OneHot',
      [g.node('ArgMax', [x, g.integer(1)]), g.integer(4), g.float(1), g.float(0)],
      { T: { type: 'DT_FLOAT' } },
    );
    return g.node('Mul', [x, hot]);
  }),
  graphCase('OnesLike', 'of x, plus x', [[2, 3]], (g, x) => g.node('AddV2', [x, g.node('OnesLike', [x])])),
  graphCase('ZerosLike', 'of x, plus x', [[2, 3]], (g, x) => g.node('AddV2', [x, g.node('ZerosLike', [x])])),
  ...['Ones', 'Zeros'].map((op) =>
    graphCase(op, 'plus x', [[2, 3]], (g, x) =>
      g.node('AddV2', [x, g.node(op, [g.integers([2, 3])], { T: { type: 'DT_FLOAT' } })]),
    ),
  ),
];

export const evaluationGraphs: readonly ConformanceCase[] = [
  graphCase('TopKV2', 'the values', [[2, 5]], (g, x) =>
    g.node('TopKV2', [x, g.integer(3)], { sorted: true }),
  ),
  graphCase('TopKV2', 'values and places', [[2, 5]], (g, x) => {
    const top = g.node('TopKV2', [x, g.integer(2)], { sorted: true });
    return [top, `${top}:1`];
  }),
  graphCase('TopKV2', 'rank 3, one of them', [[2, 3, 4]], (g, x) =>
    g.node('TopKV2', [x, g.integer(1)], { sorted: true }),
  ),
  graphCase('TopKV2', 'all of them', [[2, 4]], (g, x) =>
    g.node('TopKV2', [x, g.integer(4)], { sorted: true }),
  ),
  ...['LowerBound', 'UpperBound'].map((op) =>
    graphCase(op, 'of x in a row, plus x', [[2, 3]], (g, x) =>
      g.node('AddV2', [
        x,
        g.node(
          'Cast',
          [g.node(op, [g.floats([-1, -0.5, 0, 0.5, -0.75, -0.25, 0.25, 0.75], [2, 4]), x])],
          float,
        ),
      ]),
    ),
  ),
  graphCase('Unique', 'the values', [[1, 4]], (g, x) =>
    g.node('Unique', [g.node('Reshape', [x, g.integers([4])])]),
  ),
  graphCase('UniqueV2', 'the values, by row', [[3, 2]], (g, x) => g.node('UniqueV2', [x, g.integer(0)])),

  ...['SparseSegmentSum', 'SparseSegmentMean'].map((op) =>
    graphCase(op, 'of rows of x', [[4, 3]], (g, x) =>
      g.node(op, [x, g.integers([0, 2, 2, 3]), g.integers([0, 0, 1, 1])]),
    ),
  ),
  graphCase('SparseFillEmptyRows', 'x as values', [[1, 3]], (g, x) => {
    const filled = g.node('SparseFillEmptyRows', [
      g.integers([0, 1, 1, 0, 3, 1], [3, 2]),
      g.node('Reshape', [x, g.integers([3])]),
      g.integers([4, 2]),
      g.float(0.5),
    ]);
    return `${filled}:1`;
  }),
  graphCase('RaggedGather', 'rows of x', [[1, 4]], (g, x) => {
    const rows = g.node(
      'RaggedGather',
      [g.integers([0, 1, 3, 4]), g.node('Reshape', [x, g.integers([4])]), g.integers([2, 1])],
      { OUTPUT_RAGGED_RANK: 1 },
    );
    return `${rows}:1`;
  }),
  graphCase('RaggedTensorToTensor', 'x as values', [[1, 4]], (g, x) =>
    g.node(
      'RaggedTensorToTensor',
      [g.integers([3, 2]), g.node('Reshape', [x, g.integers([4])]), g.float(0.5), g.integers([0, 1, 3, 4])],
      { row_partition_types: ['ROW_SPLITS'] },
    ),
  ),
];

export const spectralGraphs: readonly ConformanceCase[] = [
  ...['FFT', 'IFFT'].map((op) =>
    graphCase(op, 'of x as real part', [[2, 4]], (g, x) =>
      g.node('Real', [g.node(op, [g.node('Complex', [x, g.weight([2, 4])])])]),
    ),
  ),
  graphCase('RFFT', 'its real part', [[2, 4]], (g, x) => g.node('Real', [g.node('RFFT', [x])])),
  graphCase('IRFFT', 'of x as real part', [[2, 4]], (g, x) =>
    g.node('IRFFT', [g.node('Complex', [x, g.weight([2, 4])])]),
  ),
];

/** What TF.js can only execute asynchronously: no gradient can be taken through it. */
export const controlGraphs: readonly ConformanceCase[] = [
  graphCase('Switch', 'and Merge, by a constant', [[2, 3]], (g, x) => {
    const ways = g.node('Switch', [x, g.booleans([true], [])]);
    return g.node('Merge', [g.node('Neg', [ways]), g.node('Square', [`${ways}:1`])]);
  }),
  graphCase('TensorListStack', 'of a list made of x', [[2, 3]], (g, x) => {
    const list = g.node('TensorListFromTensor', [x, g.integers([3])], {
      element_dtype: { type: 'DT_FLOAT' },
    });
    return g.node('TensorListStack', [list, g.integers([3])], {
      element_dtype: { type: 'DT_FLOAT' },
      num_elements: 2,
    });
  }),
  graphCase('Where', 'the places where x is above 0', [[2, 3]], (g, x) =>
    g.node('Cast', [g.node('Where', [g.node('Greater', [x, g.float(0)])])], float),
  ),
  graphCase('NonMaxSuppressionV3', 'of boxes made of x', [[3, 4]], (g, x) =>
    g.node(
      'Cast',
      [g.node('NonMaxSuppressionV3', [x, g.weight([3]), g.integer(2), g.float(0.5), g.float(-1)])],
      float,
    ),
  ),
  graphCase('ListDiff', 'of x and a constant', [[1, 3]], (g, x) =>
    g.node('ListDiff', [g.node('Reshape', [x, g.integers([3])]), g.weight([2])]),
  ),
];
