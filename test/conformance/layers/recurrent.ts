import { layers, type SymbolicTensor } from '@tensorflow/tfjs-layers';
import type { ConformanceCase } from '../conformanceCase';
import { layer, layerCase, layerCases, modelCase } from '../layerSubject';

const steps = [2, 4, 3];
const kinds = ['simpleRNN', 'gru', 'lstm'];

const variants = [
  { units: 2 },
  { units: 2, returnSequences: true },
  { units: 2, goBackwards: true },
  { units: 2, returnSequences: true, goBackwards: true },
  { units: 2, returnState: true },
  { units: 2, useBias: false },
  { units: 2, activation: 'relu' },
  { units: 2, dropout: 0.3, recurrentDropout: 0.2 },
];

/** The cells, by the text a case is named with. */
const cells: readonly (readonly [subject: string, label: string, cell: () => unknown])[] = [
  ['simpleRNNCell', 'units: 2', () => layer('simpleRNNCell', { units: 2 })],
  [
    'simpleRNNCell',
    'units: 2, activation: relu',
    () => layer('simpleRNNCell', { units: 2, activation: 'relu' }),
  ],
  ['gruCell', 'units: 2', () => layer('gruCell', { units: 2 })],
  ['gruCell', 'units: 2, implementation: 2', () => layer('gruCell', { units: 2, implementation: 2 })],
  ['lstmCell', 'units: 2', () => layer('lstmCell', { units: 2 })],
  [
    'lstmCell',
    'units: 2, recurrentActivation: sigmoid',
    () => layer('lstmCell', { units: 2, recurrentActivation: 'sigmoid' }),
  ],
  [
    'stackedRNNCells',
    'a lstm on a gru',
    () =>
      layer('stackedRNNCells', {
        cells: [layer('gruCell', { units: 2 }), layer('lstmCell', { units: 3 })],
      }),
  ],
];

const images = [1, 2, 4, 3, 2];

export const recurrentLayers: ConformanceCase[] = [
  ...kinds.flatMap((kind) => [
    ...layerCases(kind, steps, ...variants),
    layerCase(kind, [2, 1, 3], { units: 2 }), // one step
    layerCase(kind, [1, 3, 2], { units: 3 }),
    layerCase(kind, steps, { units: 2, stateful: true }, { fixedBatch: true }),
    layerCase(kind, steps, { units: 2, stateful: true, returnSequences: true }, { fixedBatch: true }),
    modelCase(
      'masking',
      `before ${kind}, 2x4x3`,
      [steps],
      ([x]) => layer(kind, { units: 2 }).apply(layer('masking').apply(x as SymbolicTensor)),
      { pinned: { at: [9, 10, 11, 18, 19, 20, 21, 22, 23], value: 0, jump: true } },
    ),
    modelCase(kind, 'with an initial state that depends on the input too', [steps, [2, 2]], ([x, state]) => {
      const states = kind === 'lstm' ? [state, state] : [state];
      return layer(kind, { units: 2 }).apply([x, ...states] as SymbolicTensor[]);
    }),
  ]),
  ...layerCases(
    'gru',
    steps,
    { units: 2, implementation: 2 },
    { units: 2, implementation: 1, recurrentActivation: 'sigmoid' },
  ),
  ...layerCases(
    'lstm',
    steps,
    { units: 2, implementation: 2 },
    { units: 2, unitForgetBias: false, activation: 'softsign' },
  ),
  modelCase('lstm', 'two of them, the first returning its sequence', [steps], ([x]) =>
    layer('lstm', { units: 2 }).apply(
      layer('gru', { units: 3, returnSequences: true }).apply(x as SymbolicTensor),
    ),
  ),

  ...cells.map(([subject, label, cell]) =>
    modelCase(subject, `${label}, in rnn, 2x4x3`, [steps], ([x]) =>
      layer('rnn', { cell: cell() }).apply(x as SymbolicTensor),
    ),
  ),
  modelCase('rnn', 'a cell, returning its sequence backwards, 2x4x3', [steps], ([x]) =>
    layer('rnn', { cell: cells[0]![2](), returnSequences: true, goBackwards: true }).apply(
      x as SymbolicTensor,
    ),
  ),
  modelCase('rnn', 'a list of cells, 2x4x3', [steps], ([x]) =>
    layer('rnn', { cell: [cells[4]![2](), cells[0]![2]()], returnSequences: true }).apply(
      x as SymbolicTensor,
    ),
  ),

  ...layerCases(
    'convLstm2d',
    images,
    { filters: 2, kernelSize: 2 },
    { filters: 2, kernelSize: 2, returnSequences: true },
    { filters: 2, kernelSize: 3, padding: 'same', activation: 'relu' },
    { filters: 2, kernelSize: 2, strides: 2 },
    { filters: 2, kernelSize: 2, dilationRate: 2 },
    { filters: 1, kernelSize: [2, 1], goBackwards: true, useBias: false },
  ),
  layerCase('convLstm2d', [1, 2, 2, 4, 3], { filters: 2, kernelSize: 2, dataFormat: 'channelsFirst' }),
  layerCase('convLstm2d', [1, 1, 4, 3, 1], { filters: 1, kernelSize: 2 }),
  layerCase('convLstm2d', images, { filters: 1, kernelSize: 2, stateful: true }, { fixedBatch: true }),

  ...['concat', 'sum', 'ave', 'mul'].map((mergeMode) =>
    modelCase('bidirectional', `lstm, ${mergeMode}, 2x4x3`, [steps], ([x]) =>
      layer('bidirectional', { layer: layer('lstm', { units: 2 }), mergeMode }).apply(x as SymbolicTensor),
    ),
  ),
  modelCase('bidirectional', 'gru, not merged, 2x4x3', [steps], ([x]) =>
    layer('bidirectional', { layer: layer('gru', { units: 2 }), mergeMode: null }).apply(x as SymbolicTensor),
  ),
  modelCase('bidirectional', 'simpleRNN, its sequence, 2x4x3', [steps], ([x]) =>
    layer('bidirectional', {
      layer: layer('simpleRNN', { units: 2, returnSequences: true }),
      mergeMode: 'concat',
    }).apply(x as SymbolicTensor),
  ),
  modelCase(
    'bidirectional',
    'gru behind a mask, 2x4x3',
    [steps],
    ([x]) =>
      layer('bidirectional', { layer: layer('gru', { units: 2 }), mergeMode: 'sum' }).apply(
        layer('masking').apply(x as SymbolicTensor),
      ),
    { pinned: { at: [9, 10, 11], value: 0, jump: true } },
  ),

  ...(
    [
      ['dense', steps, () => layer('dense', { units: 2 })],
      ['dense, relu', steps, () => layer('dense', { units: 2, activation: 'relu' })],
      ['conv2d', [2, 2, 4, 3, 2], () => layer('conv2d', { filters: 2, kernelSize: 2 })],
      [
        'conv2d, relu, same',
        [1, 2, 4, 3, 2],
        () => layer('conv2d', { filters: 2, kernelSize: 3, padding: 'same', activation: 'relu' }),
      ],
      ['conv1d, stride 2', [2, 3, 5, 2], () => layer('conv1d', { filters: 2, kernelSize: 2, strides: 2 })],
      [
        'depthwiseConv2d',
        [1, 2, 4, 3, 2],
        () => layer('depthwiseConv2d', { kernelSize: 2, activation: 'relu6' }),
      ],
      ['maxPooling2d', [1, 3, 4, 4, 2], () => layer('maxPooling2d', { poolSize: 2 })],
      [
        'averagePooling2d, same',
        [1, 3, 3, 4, 2],
        () => layer('averagePooling2d', { poolSize: 2, padding: 'same' }),
      ],
      ['batchNormalization', [2, 3, 4], () => layer('batchNormalization')],
      ['flatten', [2, 3, 2, 2], () => layer('flatten')],
      ['an lstm', [2, 2, 3, 2], () => layer('lstm', { units: 2 })],
    ] as const
  ).map(([label, shape, inner]) =>
    modelCase('timeDistributed', `${label}, ${shape.join('x')}`, [shape], ([x]) =>
      layer('timeDistributed', { layer: inner() }).apply(x as SymbolicTensor),
    ),
  ),
  modelCase(
    'timeDistributed',
    'dense behind a mask, 2x4x3',
    [steps],
    ([x]) =>
      layers
        .timeDistributed({ layer: layers.dense({ units: 2 }) })
        .apply(layer('masking').apply(x as SymbolicTensor)),
    { pinned: { at: [9, 10, 11], value: 0, jump: true } },
  ),
];
