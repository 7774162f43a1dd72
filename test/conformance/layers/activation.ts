import { layerCase, layerCases } from '../layerSubject';

/** The activations that TF.js's layers know by name. */
export const ACTIVATIONS = [
  'elu',
  'gelu',
  'gelu_new',
  'hardSigmoid',
  'linear',
  'logSoftmax',
  'mish',
  'relu',
  'relu6',
  'selu',
  'sigmoid',
  'softmax',
  'softplus',
  'softsign',
  'swish',
  'tanh',
];

const wide = { range: [-8, 8] } as const;

export const activationLayers = [
  ...ACTIVATIONS.map((activation) => layerCase('activation', [2, 3, 4], { activation }, { range: [-3, 3] })),
  layerCase('activation', [2, 4, 3, 2], { activation: 'relu6' }, wide),
  layerCase('activation', [3, 5], { activation: 'hardSigmoid' }, wide),
  layerCase('activation', [1, 2, 3, 2, 2], { activation: 'relu' }),
  layerCase('activation', [1, 2, 3, 2, 2], { activation: 'gelu' }),

  ...ACTIVATIONS.map((activation) => layerCase('dense', [2, 5], { units: 4, activation })),
  ...layerCases(
    'dense',
    [2, 3, 5],
    { units: 4 },
    { units: 4, activation: 'relu' },
    { units: 4, activation: 'softmax' },
    { units: 4, useBias: false },
    { units: 1, activation: 'sigmoid' },
  ),
  ...layerCases('dense', [3, 5], { units: 1 }, { units: 4, useBias: false, activation: 'relu' }),
  ...layerCases('dense', [1, 6], { units: 5, activation: 'relu6' }),
  ...layerCases('dense', [2, 2, 3, 5], { units: 3 }, { units: 3, activation: 'elu' }),

  layerCase('elu', [2, 3, 4], {}, { range: [-3, 3] }), // TF.js takes no other alpha than 1
  ...layerCases('elu', [3, 5], {}),
  ...layerCases('leakyReLU', [2, 3, 4], {}, { alpha: 0.01 }, { alpha: 0 }, { alpha: 1.5 }, { alpha: -0.5 }),
  ...layerCases('prelu', [2, 3, 4, 2], {}, { sharedAxes: [1, 2] }, { sharedAxes: 3 }),
  ...layerCases('prelu', [3, 4], {}),
  layerCase('reLU', [2, 3, 4], {}),
  layerCase('reLU', [2, 3, 4], { maxValue: 6 }, wide),
  layerCase('reLU', [2, 3, 3, 2], { maxValue: 1.5 }, { range: [-2, 4] }),
  ...layerCases('softmax', [2, 3, 4], {}, { axis: -1 }, { axis: 2 }, { axis: 1 }),
  ...layerCases('softmax', [3, 5], {}, { axis: 1 }),
  ...layerCases('softmax', [1, 2, 3, 4], {}),
  layerCase('thresholdedReLU', [2, 3, 4], {}, { range: [-2, 3] }),
  layerCase('thresholdedReLU', [2, 3, 3, 2], { theta: 0.25 }),

  ...layerCases('dropout', [2, 3, 4], { rate: 0.5 }, { rate: 0.3, noiseShape: [2, 1, 4], seed: 1 }),
  ...layerCases('alphaDropout', [2, 3, 4], { rate: 0.4 }),
  ...layerCases('gaussianDropout', [2, 3, 4], { rate: 0.4 }),
  ...layerCases('gaussianNoise', [2, 3, 4], { stddev: 0.4 }),
  ...layerCases('spatialDropout1d', [2, 4, 3], { rate: 0.4 }),
];
