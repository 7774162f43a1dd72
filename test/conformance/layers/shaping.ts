import { input, layers, model, sequential, type SymbolicTensor } from '@tensorflow/tfjs-layers';
import { layer, layerCase, layerCases, modelCase } from '../layerSubject';

const channelsFirst = { dataFormat: 'channelsFirst' };
const whole = { integer: true, range: [0, 4] } as const;

export const shapingLayers = [
  ...layerCases(
    'reshape',
    [2, 3, 4],
    { targetShape: [12] },
    { targetShape: [2, -1] },
    { targetShape: [2, 3, 1, 2] },
  ),
  ...layerCases('permute', [2, 3, 4], { dims: [2, 1] }),
  ...layerCases('permute', [2, 3, 4, 2], { dims: [3, 1, 2] }, { dims: [2, 1, 3] }),
  ...layerCases('permute', [1, 2, 3, 2, 4], { dims: [4, 2, 1, 3] }),
  ...layerCases('flatten', [2, 3, 2, 2], {}, channelsFirst),
  ...layerCases('flatten', [2, 2, 3, 2, 2], {}, channelsFirst),
  ...layerCases('repeatVector', [2, 4], { n: 3 }, { n: 1 }),
  ...layerCases(
    'cropping2D',
    [2, 5, 6, 2],
    {
      cropping: [
        [1, 2],
        [0, 1],
      ],
    },
    { cropping: 1 },
    { cropping: [2, 1] },
  ),
  ...layerCases('cropping2D', [2, 2, 5, 6], {
    cropping: [
      [1, 0],
      [2, 1],
    ],
    ...channelsFirst,
  }),
  ...layerCases(
    'zeroPadding2d',
    [2, 3, 4, 2],
    {},
    { padding: 2 },
    { padding: [1, 2] },
    {
      padding: [
        [1, 0],
        [2, 3],
      ],
    },
  ),
  ...layerCases('zeroPadding2d', [2, 2, 3, 4], {
    padding: [
      [0, 1],
      [2, 1],
    ],
    ...channelsFirst,
  }),
  ...layerCases(
    'upSampling2d',
    [2, 3, 4, 2],
    {},
    { size: [2, 3] },
    { size: [3, 1] },
    { size: [1, 1] },
    { interpolation: 'bilinear' },
    { size: [3, 2], interpolation: 'bilinear' },
  ),
  ...layerCases(
    'upSampling2d',
    [2, 3, 3, 2],
    { interpolation: 'bilinear' },
    { size: [2, 2], interpolation: 'nearest' },
  ),
  ...layerCases(
    'upSampling2d',
    [1, 2, 3, 4],
    { size: [2, 3], ...channelsFirst },
    { size: [2, 2], interpolation: 'bilinear', ...channelsFirst },
  ),

  layerCase('rescaling', [2, 3, 4, 2], { scale: 1 / 127.5, offset: -1 }, { range: [0, 255] }),
  layerCase('rescaling', [2, 3], { scale: -2 }),
  ...layerCases(
    'resizing',
    [2, 4, 5, 2],
    { height: 6, width: 3 },
    { height: 3, width: 7, interpolation: 'nearest' },
    { height: 2, width: 2, cropToAspectRatio: true },
  ),
  ...layerCases(
    'centerCrop',
    [2, 5, 6, 2],
    { height: 3, width: 2 },
    { height: 4, width: 3 },
    { height: 5, width: 6 },
    { height: 7, width: 7 },
  ),
  layerCase('randomWidth', [2, 4, 5, 2], { factor: 0.3, seed: 1 }),
  ...['oneHot', 'multiHot', 'count'].map((outputMode) =>
    layerCase(
      'categoryEncoding',
      outputMode === 'oneHot' ? [3, 1] : [2, 4],
      { numTokens: 5, outputMode },
      whole,
    ),
  ),
  layerCase('embedding', [2, 4], { inputDim: 5, outputDim: 3 }, whole),
  layerCase('embedding', [2, 4], { inputDim: 5, outputDim: 3, maskZero: true }, whole),
  layerCase('embedding', [2, 4], { inputDim: 5, outputDim: 3, inputLength: 4 }, { range: [0.1, 3.9] }),

  layerCase('masking', [2, 4, 3], {}),
  layerCase(
    'masking',
    [2, 4, 3],
    { maskValue: 0.5 },
    { pinned: { at: [3, 4, 5, 15, 16, 17], value: 0.5, jump: true } },
  ),
  modelCase(
    'masking',
    'before a dense layer, 2x4x3',
    [[2, 4, 3]],
    ([x]) => layers.dense({ units: 2 }).apply(layer('masking').apply(x as SymbolicTensor)),
    { pinned: { at: [3, 4, 5], value: 0, jump: true } },
  ),

  modelCase('input', 'given on, through a scale, 2x3', [[2, 3]], ([x]) =>
    layer('rescaling', { scale: 2 }).apply(x as never),
  ),
  modelCase('inputLayer', 'at the head of a nested sequential model, 2x3x4', [[2, 3, 4]], ([x]) => {
    const inner = sequential({
      layers: [
        layers.inputLayer({ inputShape: [3, 4] }),
        layers.dense({ units: 3, activation: 'relu' }),
        layers.flatten(),
      ],
    });
    return layers.dense({ units: 2 }).apply(inner.apply(x as SymbolicTensor));
  }),
  modelCase('inputLayer', 'of a model inside, applied twice, 2x5', [[2, 5]], ([x]) => {
    const inside = input({ shape: [5] });
    const shared = model({
      inputs: inside,
      outputs: layer('dense', { units: 5, activation: 'relu' }).apply(inside) as SymbolicTensor,
    });
    const once = shared.apply(x as SymbolicTensor) as SymbolicTensor;
    return layer('add').apply([shared.apply(once), once] as SymbolicTensor[]);
  }),
  modelCase(
    'inputLayer',
    'two of them, two outputs, one not reached by the first',
    [
      [2, 3],
      [2, 4],
    ],
    ([a, b]) => {
      const both = layers.concatenate().apply([a, b] as SymbolicTensor[]) as SymbolicTensor;
      return [
        layer('dense', { units: 2, activation: 'tanh' }).apply(both),
        layer('dense', { units: 3 }).apply(b as SymbolicTensor),
      ];
    },
  ),
];
