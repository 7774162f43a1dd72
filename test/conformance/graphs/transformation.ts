import type { ConformanceCase } from '../conformanceCase';
import { graphCase } from '../graphSubject';

const cast = (type: string) => ({ DstT: { type } });

const padded = (
  op: string,
  label: string,
  shape: number[],
  padding: number[],
  ...more: ((g: { float(v: number): string }) => string)[]
) =>
  graphCase(op, label, [shape], (g, x) =>
    g.node(op, [x, g.integers(padding, [shape.length, 2]), ...more.map((each) => each(g))]),
  );

const mirrored = (mode: string, shape: number[], padding: number[]) =>
  graphCase('MirrorPad', `${mode.toLowerCase()}, ${padding.join(' ')}`, [shape], (g, x) =>
    g.node('MirrorPad', [x, g.integers(padding, [shape.length, 2])], { mode }),
  );

export const transformationGraphs: readonly ConformanceCase[] = [
  graphCase('Cast', 'float to float', [[2, 3]], (g, x) => g.node('Cast', [x], cast('DT_FLOAT'))),
  graphCase(
    'Cast',
    'through integers, added to x',
    [[2, 3]],
    (g, x) => g.node('AddV2', [x, g.node('Cast', [g.node('Cast', [x], cast('DT_INT32'))], cast('DT_FLOAT'))]),
    { range: [-4, 4] },
  ),
  graphCase(
    'Cast',
    'through booleans, times x',
    [[2, 3]],
    (g, x) => g.node('Mul', [x, g.node('Cast', [g.node('Cast', [x], cast('DT_BOOL'))], cast('DT_FLOAT'))]),
    { range: [0.5, 4] },
  ),
  graphCase('Cast', 'to integers, as output', [[2, 3]], (g, x) => g.node('Cast', [x], cast('DT_INT32')), {
    range: [-4, 4],
  }),
  ...[0, 1, -1].map((axis) =>
    graphCase('ExpandDims', `axis ${axis}`, [[2, 3]], (g, x) => g.node('ExpandDims', [x, g.integer(axis)])),
  ),
  graphCase('Squeeze', 'every axis of 1', [[2, 1, 3, 1]], (g, x) => g.node('Squeeze', [x])),
  graphCase('Squeeze', 'one axis', [[1, 1, 3, 2]], (g, x) => g.node('Squeeze', [x], { axis: [1] })),
  graphCase('Reshape', 'flat', [[2, 3, 4]], (g, x) => g.node('Reshape', [x, g.integers([2, -1])])),
  graphCase('Reshape', 'to rank 6', [[2, 12]], (g, x) =>
    g.node('Reshape', [x, g.integers([2, 2, 1, 3, 2, 1])]),
  ),
  graphCase('EnsureShape', 'its own', [[2, 3]], (g, x) => g.node('EnsureShape', [x, g.integers([2, 3])])),

  padded('Pad', 'rank 2', [2, 3], [1, 0, 0, 2]),
  padded('Pad', 'rank 3', [2, 2, 3], [0, 0, 1, 1, 2, 0]),
  padded('Pad', 'rank 4', [1, 3, 2, 2], [0, 0, 1, 2, 0, 1, 0, 0]),
  padded('PadV2', 'with 0.5', [2, 3], [1, 1, 0, 2], (g) => g.float(0.5)),
  padded('PadV2', 'with -1, rank 4', [1, 2, 3, 2], [0, 0, 1, 1, 2, 0, 0, 1], (g) => g.float(-1)),
  ...['REFLECT', 'SYMMETRIC'].flatMap((mode) => [
    mirrored(mode, [3, 4], [1, 0, 2, 1]),
    mirrored(mode, [1, 3, 4, 2], [0, 0, 2, 1, 1, 2, 0, 0]),
    mirrored(mode, [2, 5], [0, 0, 3, 0]),
  ]),

  ...(
    [
      [
        [2, 4, 6, 2],
        [2, 3],
        [0, 0, 0, 0],
      ],
      [
        [1, 3, 4, 1],
        [2, 2],
        [1, 0, 0, 2],
      ],
      [[2, 6, 2], [3], [0, 0]],
    ] as const
  ).map(([shape, block, pads]) =>
    graphCase('SpaceToBatchND', `block ${block.join('x')} of ${shape.join('x')}`, [shape], (g, x) =>
      g.node('SpaceToBatchND', [x, g.integers(block), g.integers(pads, [block.length, 2])]),
    ),
  ),
  ...(
    [
      [
        [8, 2, 3, 1],
        [2, 2],
        [0, 0, 0, 0],
      ],
      [
        [4, 2, 3, 2],
        [2, 2],
        [1, 0, 0, 2],
      ],
      [[3, 2, 2], [3], [0, 1]],
    ] as const
  ).map(([shape, block, crops]) =>
    graphCase('BatchToSpaceND', `block ${block.join('x')} of ${shape.join('x')}`, [shape], (g, x) =>
      g.node('BatchToSpaceND', [x, g.integers(block), g.integers(crops, [block.length, 2])]),
    ),
  ),
  graphCase(
    'SpaceToBatchND',
    'around a convolution: dilation as old exports write it',
    [[1, 5, 4, 2]],
    (g, x) => {
      const apart = g.node('SpaceToBatchND', [x, g.integers([2, 2]), g.integers([0, 1, 0, 0], [2, 2])]);
      const y = g.node('Conv2D', [apart, g.weight([2, 2, 2, 3])], {
        strides: [1, 1, 1, 1],
        padding: 'VALID',
        data_format: 'NHWC',
        dilations: [1, 1, 1, 1],
      });
      return g.node('BatchToSpaceND', [y, g.integers([2, 2]), g.integers([0, 1, 0, 0], [2, 2])]);
    },
  ),
  ...(
    [
      [[2, 2, 3, 4], 2],
      [[1, 2, 1, 9], 3],
      [[1, 3, 2, 8], 2],
    ] as const
  ).map(([shape, block_size]) =>
    graphCase('DepthToSpace', `block ${block_size} of ${shape.join('x')}`, [shape], (g, x) =>
      g.node('DepthToSpace', [x], { block_size, data_format: 'NHWC' }),
    ),
  ),
  graphCase(
    'DepthToSpace',
    'channels first',
    [[1, 8, 2, 3]],
    (g, x) => g.node('DepthToSpace', [x], { block_size: 2, data_format: 'NCHW' }),
    {
      reference: (g, x) => {
        const last = g.node('Transpose', [x, g.integers([0, 2, 3, 1])]);
        const y = g.node('DepthToSpace', [last], { block_size: 2, data_format: 'NHWC' });
        return g.node('Transpose', [y, g.integers([0, 3, 1, 2])]);
      },
    },
  ),
  graphCase('BroadcastTo', 'more axes', [[1, 3]], (g, x) =>
    g.node('BroadcastTo', [x, g.integers([2, 4, 3])]),
  ),
  graphCase('BroadcastTo', 'a middle axis', [[2, 1, 3]], (g, x) =>
    g.node('BroadcastTo', [x, g.integers([2, 4, 3])]),
  ),
  graphCase('BroadcastArgs', 'of the shape of x, to which x is spread', [[1, 3]], (g, x) =>
    g.node('BroadcastTo', [x, g.node('BroadcastArgs', [g.node('Shape', [x]), g.integers([2, 1])])]),
  ),
];
