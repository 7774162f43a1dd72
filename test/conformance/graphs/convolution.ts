import type { ConformanceCase } from '../conformanceCase';
import { graphCase, type GraphWriter } from '../graphSubject';

type Attributes = Parameters<GraphWriter['node']>[2];

const plain = { strides: [1, 1, 1, 1], padding: 'VALID', dilations: [1, 1, 1, 1], data_format: 'NHWC' };
const same = { ...plain, padding: 'SAME' };
const explicit = { ...plain, padding: 'EXPLICIT', explicit_paddings: [0, 0, 1, 2, 0, 1, 0, 0] };
const plane = [2, 5, 4, 2];
const volume = [1, 4, 5, 3, 2];

const conv = (label: string, shape: number[], filter: number[], attributes: Attributes) =>
  graphCase('Conv2D', label, [shape], (g, x) => g.node('Conv2D', [x, g.weight(filter)], attributes));

const depthwise = (op: string, label: string, shape: number[], filter: number[], attributes: Attributes) =>
  graphCase(op, label, [shape], (g, x) => g.node(op, [x, g.weight(filter)], attributes));

/** What may be fused behind a convolution or a product of matrices, and the further arguments it takes. */
const fusions: readonly (readonly [ops: readonly string[], prelu: boolean])[] = [
  [['BiasAdd'], false],
  [['BiasAdd', 'Relu'], false],
  [['BiasAdd', 'Relu6'], false],
  [['BiasAdd', 'Elu'], false],
  [['BiasAdd', 'LeakyRelu'], false],
  [['BiasAdd', 'Prelu'], true],
  [['BiasAdd', 'Sigmoid'], false],
];

const fusedConv = (
  label: string,
  filter: number[],
  prelu: boolean,
  attributes: NonNullable<Attributes>,
  shape = plane,
) =>
  graphCase('_FusedConv2D', label, [shape], (g, x) => {
    const channels = filter[3] as number;
    const slopes = prelu ? [g.weight([channels], -0.3, 0.7)] : [];
    return g.node('_FusedConv2D', [x, g.weight(filter), g.weight([channels]), ...slopes], {
      num_args: prelu ? 2 : 1,
      ...attributes,
    });
  });

const fusedDepthwise = (
  label: string,
  filter: number[],
  prelu: boolean,
  attributes: NonNullable<Attributes>,
  shape = plane,
) => {
  const channels = (filter[2] as number) * (filter[3] as number);
  const { fused_ops: fused = [], leakyrelu_alpha: alpha = { float: 0.2 } } = attributes as {
    fused_ops?: readonly string[];
    leakyrelu_alpha?: { float: number };
  };
  const leaky = fused[1] === 'LeakyRelu';
  return graphCase(
    'FusedDepthwiseConv2dNative',
    label,
    [shape],
    (g, x) => {
      const slopes = prelu ? [g.weight([channels], -0.3, 0.7)] : [];
      return g.node('FusedDepthwiseConv2dNative', [x, g.weight(filter), g.weight([channels]), ...slopes], {
        num_args: prelu ? 2 : 1,
        ...attributes,
      });
    },
    leaky
      ? {
          // tfjs-converter does not read the slope of this one: what it should compute, in ops of its own
          reference: (g, x) =>
            g.node(
              'LeakyRelu',
              [
                g.node('BiasAdd', [
                  g.node('DepthwiseConv2dNative', [x, g.weight(filter)], plain),
                  g.weight([channels]),
                ]),
              ],
              { alpha },
            ),
        }
      : {},
  );
};

const transposed = (
  label: string,
  shape: number[],
  filter: number[],
  output: number[],
  attributes: Attributes,
) =>
  graphCase('Conv2DBackpropInput', label, [shape], (g, x) =>
    g.node('Conv2DBackpropInput', [g.integers(output), g.weight(filter), x], attributes),
  );

const pool = (
  op: string,
  label: string,
  shape: number[],
  ksize: number[],
  strides: number[],
  padding: string,
  range?: [number, number],
) =>
  graphCase(
    op,
    `${label}${range ? ', negative' : ''}`,
    [shape],
    (g, x) => g.node(op, [x], { ksize: [1, ...ksize, 1], strides: [1, ...strides, 1], padding }),
    range ? { range } : {},
  );

export const convolutionGraphs: readonly ConformanceCase[] = [
  conv('3x3', plane, [3, 3, 2, 3], plain),
  conv('same, stride 2', plane, [3, 3, 2, 3], { ...same, strides: [1, 2, 2, 1] }),
  conv('2x3, stride 1x2', plane, [2, 3, 2, 3], { ...plain, strides: [1, 1, 2, 1] }),
  conv('1x1', plane, [1, 1, 2, 3], plain),
  conv('1x1, stride 2', plane, [1, 1, 2, 3], { ...plain, strides: [1, 2, 2, 1] }),
  conv('dilation 2', plane, [2, 2, 2, 3], { ...plain, dilations: [1, 2, 2, 1] }),
  conv('same, dilation 1x2', plane, [2, 2, 2, 3], { ...same, dilations: [1, 1, 2, 1] }),
  conv('explicit padding', plane, [3, 3, 2, 3], explicit),
  conv('explicit padding, stride 2', plane, [3, 2, 2, 3], { ...explicit, strides: [1, 2, 2, 1] }),
  conv('channels first', [2, 2, 5, 4], [3, 3, 2, 3], { ...plain, data_format: 'NCHW' }),
  conv('channels first, same, stride 2', [2, 2, 5, 4], [3, 3, 2, 3], {
    ...same,
    data_format: 'NCHW',
    strides: [1, 1, 2, 2],
  }),
  conv('one channel in and out', [3, 5, 4, 1], [3, 3, 1, 1], same),
  conv('stride 3 over the end', [1, 8, 7, 1], [2, 2, 1, 2], { ...plain, strides: [1, 3, 3, 1] }),
  graphCase('Conv2D', 'x is the filter', [[2, 2, 2, 3]], (g, x) =>
    g.node('Conv2D', [g.weight(plane), x], plain),
  ),
  graphCase('Conv1D', 'stride 2, same', [[2, 7, 3]], (g, x) =>
    g.node('Conv1D', [x, g.weight([3, 3, 2])], {
      stride: 2,
      padding: 'SAME',
      data_format: 'NWC',
      dilation: 1,
    }),
  ),
  graphCase('Conv1D', 'dilation 2', [[2, 7, 3]], (g, x) =>
    g.node('Conv1D', [x, g.weight([2, 3, 2])], {
      stride: 1,
      padding: 'VALID',
      data_format: 'NWC',
      dilation: 2,
    }),
  ),

  ...fusions.map(([fused_ops, prelu]) =>
    fusedConv(fused_ops.join(', '), [3, 2, 2, 3], prelu, { ...plain, fused_ops }),
  ),
  fusedConv('BiasAdd, LeakyRelu, alpha 0.05', [2, 2, 2, 3], false, {
    ...plain,
    fused_ops: ['BiasAdd', 'LeakyRelu'],
    leakyrelu_alpha: { float: 0.05 },
  }),
  fusedConv('BiasAdd, Relu, same, stride 2', [3, 3, 2, 3], false, {
    ...same,
    strides: [1, 2, 2, 1],
    fused_ops: ['BiasAdd', 'Relu'],
  }),
  fusedConv('BiasAdd, Relu6, explicit padding', [3, 3, 2, 3], false, {
    ...explicit,
    fused_ops: ['BiasAdd', 'Relu6'],
  }),
  fusedConv('BiasAdd, explicit padding', [3, 3, 2, 3], false, { ...explicit, fused_ops: ['BiasAdd'] }),
  fusedConv('BiasAdd, dilation 2', [2, 2, 2, 3], false, {
    ...plain,
    dilations: [1, 2, 2, 1],
    fused_ops: ['BiasAdd'],
  }),
  fusedConv('BiasAdd, Relu, dilation 2', [2, 2, 2, 3], false, {
    ...same,
    dilations: [1, 2, 2, 1],
    fused_ops: ['BiasAdd', 'Relu'],
  }),
  fusedConv('BiasAdd, Prelu, 1x1', [1, 1, 2, 3], true, { ...plain, fused_ops: ['BiasAdd', 'Prelu'] }),
  fusedConv('BiasAdd, Elu, 1x1', [1, 1, 2, 3], false, { ...plain, fused_ops: ['BiasAdd', 'Elu'] }),
  fusedConv(
    'BiasAdd, Relu, channels first',
    [3, 3, 2, 3],
    false,
    { ...plain, data_format: 'NCHW', fused_ops: ['BiasAdd', 'Relu'] },
    [2, 2, 5, 4],
  ),
  graphCase('_FusedConv2D', 'a Relu without bias', [plane], (g, x) =>
    g.node('_FusedConv2D', [x, g.weight([2, 2, 2, 3])], { ...plain, num_args: 0, fused_ops: ['', 'Relu'] }),
  ),
  graphCase('_FusedConv2D', 'FusedBatchNorm', [plane], (g, x) =>
    g.node('_FusedConv2D', [x, g.weight([2, 2, 2, 3]), ...[0, 1, 2, 3].map(() => g.weight([3], 0.5, 1))], {
      ...plain,
      num_args: 4,
      fused_ops: ['FusedBatchNorm'],
    }),
  ),

  ...['DepthwiseConv2dNative', 'DepthwiseConv2d'].flatMap((op) => [
    depthwise(op, '3x3', plane, [3, 3, 2, 1], plain),
    depthwise(op, 'multiplier 2, same, stride 2', plane, [3, 3, 2, 2], { ...same, strides: [1, 2, 2, 1] }),
  ]),
  depthwise('DepthwiseConv2dNative', 'dilation 2', plane, [2, 2, 2, 1], {
    ...plain,
    dilations: [1, 2, 2, 1],
  }),
  depthwise('DepthwiseConv2dNative', 'dilation 1x2, same, multiplier 2', plane, [2, 2, 2, 2], {
    ...same,
    dilations: [1, 1, 2, 1],
  }),
  depthwise('DepthwiseConv2dNative', 'explicit padding', plane, [3, 2, 2, 1], explicit),
  depthwise('DepthwiseConv2dNative', 'explicit padding, stride 2', plane, [3, 2, 2, 2], {
    ...explicit,
    strides: [1, 2, 2, 1],
  }),
  graphCase(
    'DepthwiseConv2dNative',
    'channels first',
    [[2, 2, 5, 4]],
    (g, x) => g.node('DepthwiseConv2dNative', [x, g.weight([3, 3, 2, 1])], { ...plain, data_format: 'NCHW' }),
    {
      // TF.js's cpu kernel takes the channels for rows
      reference: (g, x) => {
        const last = g.node('Transpose', [x, g.integers([0, 2, 3, 1])]);
        const y = g.node('DepthwiseConv2dNative', [last, g.weight([3, 3, 2, 1])], plain);
        return g.node('Transpose', [y, g.integers([0, 3, 1, 2])]);
      },
    },
  ),
  depthwise('DepthwiseConv2dNative', 'stride 2 over the end', [1, 6, 7, 2], [3, 3, 2, 1], {
    ...plain,
    strides: [1, 2, 2, 1],
  }),

  ...fusions.map(([fused_ops, prelu]) =>
    fusedDepthwise(fused_ops.join(', '), [3, 2, 2, 1], prelu, { ...plain, fused_ops }),
  ),
  fusedDepthwise('BiasAdd, Relu6, same, stride 2, multiplier 2', [3, 3, 2, 2], false, {
    ...same,
    strides: [1, 2, 2, 1],
    fused_ops: ['BiasAdd', 'Relu6'],
  }),
  fusedDepthwise('BiasAdd, LeakyRelu, alpha 0.05', [3, 2, 2, 1], false, {
    ...plain,
    fused_ops: ['BiasAdd', 'LeakyRelu'],
    leakyrelu_alpha: { float: 0.05 },
  }),
  fusedDepthwise('BiasAdd, Relu, dilation 2', [2, 2, 2, 1], false, {
    ...plain,
    dilations: [1, 2, 2, 1],
    fused_ops: ['BiasAdd', 'Relu'],
  }),
  fusedDepthwise('BiasAdd, Relu, explicit padding', [3, 3, 2, 1], false, {
    ...explicit,
    fused_ops: ['BiasAdd', 'Relu'],
  }),

  transposed('valid', [2, 3, 4, 2], [3, 2, 3, 2], [2, 5, 5, 3], plain),
  transposed('same, stride 2', [2, 3, 2, 2], [3, 3, 3, 2], [2, 5, 4, 3], { ...same, strides: [1, 2, 2, 1] }),
  transposed('same, stride 2, even size', [2, 3, 2, 2], [2, 2, 3, 2], [2, 6, 4, 3], {
    ...same,
    strides: [1, 2, 2, 1],
  }),
  transposed('valid, stride 2x1', [2, 3, 4, 2], [2, 2, 3, 2], [2, 6, 5, 3], {
    ...plain,
    strides: [1, 2, 1, 1],
  }),
  transposed('explicit padding', [2, 3, 4, 2], [3, 3, 3, 2], [2, 3, 4, 3], {
    ...plain,
    padding: 'EXPLICIT',
    explicit_paddings: [0, 0, 1, 1, 1, 1, 0, 0],
  }),
  transposed('one channel in and out', [2, 3, 4, 1], [3, 3, 1, 1], [2, 5, 6, 1], plain),

  graphCase('Conv3D', '2x2x2', [volume], (g, x) =>
    g.node('Conv3D', [x, g.weight([2, 2, 2, 2, 2])], {
      strides: [1, 1, 1, 1, 1],
      padding: 'VALID',
      data_format: 'NDHWC',
      dilations: [1, 1, 1, 1, 1],
    }),
  ),
  graphCase('Conv3D', 'same, stride 2', [volume], (g, x) =>
    g.node('Conv3D', [x, g.weight([3, 2, 3, 2, 2])], {
      strides: [1, 2, 2, 2, 1],
      padding: 'SAME',
      data_format: 'NDHWC',
      dilations: [1, 1, 1, 1, 1],
    }),
  ),
  graphCase('Conv3D', 'dilation 2x2x1', [volume], (g, x) =>
    g.node('Conv3D', [x, g.weight([2, 2, 2, 2, 2])], {
      strides: [1, 1, 1, 1, 1],
      padding: 'VALID',
      data_format: 'NDHWC',
      dilations: [1, 2, 2, 1, 1],
    }),
  ),

  ...['MaxPool', 'AvgPool'].flatMap((op) => [
    pool(op, '2x2', plane, [2, 2], [2, 2], 'VALID'),
    pool(op, '3x3, stride 1, same', plane, [3, 3], [1, 1], 'SAME'),
    pool(op, '3x2, stride 2, same', plane, [3, 2], [2, 2], 'SAME'),
    pool(op, '2x3, stride 1', plane, [2, 3], [1, 1], 'VALID', [-3, -1]),
    pool(op, '1x1, stride 2', plane, [1, 1], [2, 2], 'VALID'),
  ]),
  ...['MaxPool3D', 'AvgPool3D'].flatMap((op) => [
    pool(op, '2x2x2', volume, [2, 2, 2], [2, 2, 2], 'VALID'),
    pool(op, '3x2x2, stride 1, same', volume, [3, 2, 2], [1, 1, 1], 'SAME', [-3, -1]),
  ]),
  pool('MaxPoolWithArgmax', '2x2', plane, [2, 2], [2, 2], 'VALID'),
  pool('MaxPoolWithArgmax', '3x3, stride 2, same', plane, [3, 3], [2, 2], 'SAME', [-3, -1]),
  graphCase('MaxPoolWithArgmax', 'its batch in the index', [plane], (g, x) => {
    const y = g.node('MaxPoolWithArgmax', [x], {
      ksize: [1, 2, 2, 1],
      strides: [1, 2, 2, 1],
      padding: 'VALID',
      include_batch_in_index: true,
    });
    return [y, `${y}:1`];
  }),
  ...(
    [
      ['stride 1', [1, 1], 'VALID', [1, 1]],
      ['same, stride 2', [2, 2], 'SAME', [1, 1]],
      ['rate 2', [1, 1], 'VALID', [2, 2]],
    ] as const
  ).map(([label, [h, w], padding, [rh, rw]]) =>
    graphCase('Dilation2D', label, [plane], (g, x) =>
      g.node('Dilation2D', [x, g.weight([2, 2, 2])], {
        strides: [1, h, w, 1],
        rates: [1, rh, rw, 1],
        padding,
      }),
    ),
  ),
];
