import type { ConformanceCase } from '../conformanceCase';
import { graphCase } from '../graphSubject';

const strided = (
  label: string,
  shape: number[],
  begin: number[],
  end: number[],
  strides: number[],
  masks: Record<string, number> = {},
) =>
  graphCase('StridedSlice', label, [shape], (g, x) =>
    g.node('StridedSlice', [x, g.integers(begin), g.integers(end), g.integers(strides)], masks),
  );

const gathered = (
  label: string,
  shape: number[],
  indices: number[],
  indicesShape: number[],
  axis: number,
  batch_dims = 0,
) =>
  graphCase('GatherV2', label, [shape], (g, x) =>
    g.node('GatherV2', [x, g.integers(indices, indicesShape), g.integer(axis)], { batch_dims }),
  );

export const sliceJoinGraphs: readonly ConformanceCase[] = [
  graphCase('ConcatV2', 'x and a constant', [[2, 3]], (g, x) =>
    g.node('ConcatV2', [x, g.weight([2, 2]), g.integer(1)], { N: 2 }),
  ),
  graphCase(
    'ConcatV2',
    'three inputs, first axis',
    [
      [2, 3],
      [1, 3],
      [3, 3],
    ],
    (g, a, b, c) => g.node('ConcatV2', [a, b, c, g.integer(0)], { N: 3 }),
  ),
  graphCase('ConcatV2', 'axis -1, x twice', [[2, 2, 3]], (g, x) =>
    g.node('ConcatV2', [x, x, g.integer(-1)], { N: 2 }),
  ),
  graphCase(
    'ConcatV2',
    'rank 4, axis 2',
    [
      [2, 2, 3, 2],
      [2, 2, 1, 2],
    ],
    (g, a, b) => g.node('ConcatV2', [a, b, g.integer(2)], { N: 2 }),
  ),
  graphCase('ConcatV2', 'one tensor', [[2, 3]], (g, x) => g.node('ConcatV2', [x, g.integer(1)], { N: 1 })),
  graphCase('Concat', 'axis first', [[2, 3]], (g, x) =>
    g.node('Concat', [g.integer(1), x, g.weight([2, 2])], { N: 2 }),
  ),

  gathered('first axis, repeated', [3, 4], [2, 0, 2, 1], [4], 0),
  gathered('last axis', [2, 3, 4], [3, 1], [2], 2),
  gathered('axis -1', [2, 3, 4], [3, 1, 1], [3], -1),
  gathered('middle axis, indices of rank 2', [2, 3, 2], [2, 1, 0, 0], [2, 2], 1),
  gathered('a single index', [3, 4], [1], [], 0),
  gathered('with a batch', [2, 3, 2], [2, 0, 1, 1], [2, 2], 1, 1),
  gathered('rank 4', [2, 2, 3, 2], [1, 1, 0], [3], 2),
  graphCase('Gather', 'rows', [[3, 4]], (g, x) => g.node('Gather', [x, g.integers([2, 0, 2])])),
  graphCase('GatherNd', 'cells', [[3, 4]], (g, x) =>
    g.node('GatherNd', [x, g.integers([0, 1, 2, 3, 0, 1], [3, 2])]),
  ),
  graphCase('GatherNd', 'rows', [[3, 4]], (g, x) => g.node('GatherNd', [x, g.integers([2, 0, 2], [3, 1])])),
  graphCase('GatherNd', 'rank 3, indices of rank 3', [[2, 3, 2]], (g, x) =>
    g.node('GatherNd', [x, g.integers([0, 1, 1, 2, 0, 0, 1, 1], [2, 2, 2])]),
  ),

  graphCase('Reverse', 'by flags', [[2, 3, 2]], (g, x) =>
    g.node('Reverse', [x, g.booleans([false, true, true])]),
  ),
  ...[[1], [0, 2], [-1]].map((axes) =>
    graphCase('ReverseV2', `axes ${axes.join(', ')}`, [[2, 3, 4]], (g, x) =>
      g.node('ReverseV2', [x, g.integers(axes)]),
    ),
  ),

  graphCase('Slice', 'rank 2', [[3, 4]], (g, x) =>
    g.node('Slice', [x, g.integers([1, 1]), g.integers([2, 2])]),
  ),
  graphCase('Slice', 'to the end', [[2, 3, 4]], (g, x) =>
    g.node('Slice', [x, g.integers([0, 1, 2]), g.integers([-1, -1, 1])]),
  ),
  graphCase('Slice', 'rank 4', [[2, 3, 4, 2]], (g, x) =>
    g.node('Slice', [x, g.integers([0, 1, 0, 1]), g.integers([2, 1, 3, 1])]),
  ),
  graphCase('Slice', 'rank 5', [[1, 2, 3, 2, 2]], (g, x) =>
    g.node('Slice', [x, g.integers([0, 1, 0, 0, 1]), g.integers([1, 1, 2, 2, 1])]),
  ),

  strided('stride 1', [3, 4], [1, 0], [3, 3], [1, 1]),
  strided('stride 2', [3, 5], [0, 1], [3, 5], [2, 2]),
  strided('backwards', [3, 5], [2, 4], [0, 0], [-1, -2]),
  strided('negative bounds', [3, 5], [-2, -4], [3, -1], [1, 1]),
  strided('one axis gone', [3, 5], [1, 0], [2, 5], [1, 1], { shrink_axis_mask: 1 }),
  strided('masks for both ends', [3, 5], [1, 1], [2, 3], [1, 1], { begin_mask: 1, end_mask: 2 }),
  strided('a new axis', [3, 5], [0, 0, 1], [0, 3, 4], [1, 1, 1], { new_axis_mask: 1 }),
  strided('an ellipsis, the last channel', [2, 3, 4], [0, 3], [0, 4], [1, 1], {
    ellipsis_mask: 1,
    shrink_axis_mask: 2,
  }),
  strided('rank 4, strides 2', [1, 4, 5, 2], [0, 0, 1, 0], [1, 4, 5, 2], [1, 2, 2, 1]),
  strided('everything backwards, rank 3', [2, 3, 2], [0, 0, 0], [0, 0, 0], [1, -1, 1], {
    begin_mask: 7,
    end_mask: 7,
  }),

  ...([0, 1, -1] as const).map((axis) =>
    graphCase(
      'Pack',
      `axis ${axis}`,
      [
        [2, 3],
        [2, 3],
      ],
      (g, a, b) => g.node('Pack', [a, b, g.weight([2, 3])], { axis }),
    ),
  ),
  graphCase('Pack', 'one tensor', [[2, 3]], (g, x) => g.node('Pack', [x], { axis: 1 })),
  ...([0, 1, -1] as const).map((axis) =>
    graphCase('Unpack', `axis ${axis}, two of the parts`, [[3, 2, 3]], (g, x) => {
      const parts = g.node('Unpack', [x], { axis, num: axis === 1 ? 2 : 3 });
      return g.node('Mul', [parts, `${parts}:1`]);
    }),
  ),
  graphCase('Unpack', 'one part', [[2, 1, 3]], (g, x) => g.node('Unpack', [x], { axis: 1, num: 1 })),
  graphCase('Split', 'in three, two of them used', [[2, 6]], (g, x) => {
    const parts = g.node('Split', [g.integer(1), x], { num_split: 3 });
    return g.node('Sub', [`${parts}:2`, parts]);
  }),
  graphCase('Split', 'in one', [[2, 3]], (g, x) => g.node('Split', [g.integer(1), x], { num_split: 1 })),
  graphCase('Split', 'axis -1, both given out', [[2, 3, 4]], (g, x) => {
    const parts = g.node('Split', [g.integer(-1), x], { num_split: 2 });
    return [parts, `${parts}:1`];
  }),
  graphCase('SplitV', 'unequal, one part unused', [[2, 6]], (g, x) => {
    const parts = g.node('SplitV', [x, g.integers([1, 2, 3]), g.integer(1)]);
    return [`${parts}:1`, parts];
  }),
  graphCase('SplitV', 'in one', [[2, 3]], (g, x) => g.node('SplitV', [x, g.integers([3]), g.integer(1)])),

  ...(
    [
      [
        [2, 3],
        [2, 2],
      ],
      [
        [2, 3, 2],
        [1, 2, 3],
      ],
      [
        [1, 2, 3, 2],
        [2, 1, 1, 2],
      ],
      [
        [1, 2, 1, 2, 3],
        [1, 2, 2, 1, 1],
      ],
    ] as const
  ).map(([shape, reps]) =>
    graphCase('Tile', reps.join('x'), [shape], (g, x) => g.node('Tile', [x, g.integers(reps)])),
  ),

  graphCase('ScatterNd', 'rows, one twice', [[3, 4]], (g, x) =>
    g.node('ScatterNd', [g.integers([1, 4, 1], [3, 1]), x, g.integers([5, 4])]),
  ),
  graphCase('ScatterNd', 'cells', [[1, 4]], (g, x) =>
    g.node('ScatterNd', [
      g.integers([0, 1, 2, 0, 1, 2, 0, 0], [4, 2]),
      g.node('Reshape', [x, g.integers([4])]),
      g.integers([3, 3]),
    ]),
  ),
  graphCase('SparseToDense', 'x as values', [[1, 3]], (g, x) =>
    g.node('SparseToDense', [
      g.integers([0, 1, 1, 2, 2, 0], [3, 2]),
      g.integers([3, 3]),
      g.node('Reshape', [x, g.integers([3])]),
      g.float(0.5),
    ]),
  ),
  graphCase('SparseToDense', 'x as default', [[1, 1]], (g, x) =>
    g.node('SparseToDense', [
      g.integers([0, 1, 1, 2], [2, 2]),
      g.integers([3, 3]),
      g.weight([2]),
      g.node('Reshape', [x, g.integers([])]),
    ]),
  ),
  graphCase('TensorScatterUpdate', 'rows of x', [[3, 2]], (g, x) =>
    g.node('TensorScatterUpdate', [x, g.integers([2, 0], [2, 1]), g.weight([2, 2])]),
  ),
  graphCase('TensorScatterUpdate', 'x as update', [[2, 2]], (g, x) =>
    g.node('TensorScatterUpdate', [g.weight([3, 2]), g.integers([2, 0], [2, 1]), x]),
  ),
];
