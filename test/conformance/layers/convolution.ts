import { layerCase, layerCases } from '../layerSubject';
import { ACTIVATIONS } from './activation';

const volume = [1, 4, 5, 3, 2];
const channelsFirst = { dataFormat: 'channelsFirst' };
const all = { filters: 3, kernelSize: 3 };

export const convolutionLayers = [
  ...ACTIVATIONS.map((activation) =>
    layerCase('conv2d', [2, 5, 4, 2], { filters: 3, kernelSize: [2, 3], activation }),
  ),
  ...layerCases(
    'conv2d',
    [2, 5, 4, 2],
    { filters: 3, kernelSize: 3, padding: 'same' },
    { filters: 3, kernelSize: 1 },
    { filters: 3, kernelSize: 1, strides: 2 },
    { filters: 3, kernelSize: 3, strides: 2, padding: 'same' },
    { filters: 3, kernelSize: 3, strides: 2, padding: 'same', activation: 'relu' },
    { filters: 3, kernelSize: 2, strides: 3 },
    { filters: 3, kernelSize: [3, 2], strides: [1, 2], padding: 'same' },
    { filters: 3, kernelSize: [2, 4], padding: 'same', useBias: false },
    { filters: 3, kernelSize: [5, 4] },
    { filters: 3, kernelSize: 2, dilationRate: 2 },
    { filters: 3, kernelSize: 3, dilationRate: 2, padding: 'same', activation: 'relu' },
    { filters: 3, kernelSize: 2, dilationRate: [1, 2], padding: 'same', activation: 'tanh' },
    { filters: 3, kernelSize: [4, 3], useBias: false, activation: 'relu' },
    { filters: 1, kernelSize: 2, strides: 2 },
  ),
  ...layerCases(
    'conv2d',
    [3, 5, 4, 1],
    { filters: 1, kernelSize: 3 },
    { filters: 1, kernelSize: 2, padding: 'same' },
  ),
  ...layerCases('conv2d', [1, 7, 5, 1], { filters: 2, kernelSize: 3, strides: 3, padding: 'same' }),
  // a stride that leaves cells out
  ...layerCases(
    'conv2d',
    [1, 6, 4, 2],
    { filters: 2, kernelSize: [1, 2], strides: 2, padding: 'same' },
    { filters: 2, kernelSize: [3, 1], strides: [1, 2], padding: 'same', activation: 'relu' },
    { filters: 2, kernelSize: 1, strides: 2, padding: 'same' },
    { filters: 2, kernelSize: [1, 2], strides: 2 },
  ),
  ...layerCases(
    'depthwiseConv2d',
    [1, 6, 4, 2],
    { kernelSize: [1, 2], strides: 2, padding: 'same' },
    { kernelSize: [2, 3], strides: 3, padding: 'same', activation: 'relu' },
    { kernelSize: 1, strides: 2, padding: 'same' },
  ),
  ...layerCases('conv1d', [2, 6, 3], { filters: 2, kernelSize: 2, strides: 3, padding: 'same' }),
  ...layerCases(
    'conv2d',
    [2, 2, 5, 4],
    { ...all, ...channelsFirst },
    { ...all, ...channelsFirst, activation: 'relu' },
    { ...all, ...channelsFirst, padding: 'same', strides: 2, activation: 'elu' },
    { ...all, ...channelsFirst, padding: 'same', useBias: false, activation: 'tanh' },
    { filters: 3, kernelSize: 2, ...channelsFirst, dilationRate: 2 },
  ),

  ...['linear', 'relu', 'relu6', 'tanh', 'selu'].map((activation) =>
    layerCase('conv1d', [2, 7, 3], { filters: 2, kernelSize: 3, activation }),
  ),
  ...layerCases(
    'conv1d',
    [2, 7, 3],
    { filters: 2, kernelSize: 3, strides: 2 },
    { filters: 2, kernelSize: 3, strides: 3, padding: 'same' },
    { filters: 2, kernelSize: 2, padding: 'same', activation: 'relu' },
    { filters: 2, kernelSize: 1, useBias: false },
    { filters: 2, kernelSize: 3, dilationRate: 2 },
    { filters: 2, kernelSize: 2, dilationRate: 3, padding: 'same', activation: 'relu' },
    { filters: 2, kernelSize: 3, padding: 'causal' },
  ),
  ...layerCases('conv1d', [2, 7, 1], { filters: 1, kernelSize: 4 }),
  ...layerCases('conv1d', [2, 3, 7], { filters: 2, kernelSize: 3, ...channelsFirst }),

  ...layerCases(
    'conv3d',
    volume,
    { filters: 2, kernelSize: 2 },
    { filters: 2, kernelSize: [2, 3, 1], activation: 'relu' },
    { filters: 2, kernelSize: 3, padding: 'same' },
    { filters: 2, kernelSize: 2, padding: 'same', activation: 'tanh' },
    { filters: 2, kernelSize: 3, strides: 2, padding: 'same', useBias: false },
    { filters: 2, kernelSize: 2, strides: [1, 2, 1] },
    { filters: 2, kernelSize: 2, dilationRate: [2, 2, 1] },
    { filters: 2, kernelSize: [2, 2, 1], dilationRate: 2, padding: 'same' },
    { filters: 2, kernelSize: 1 },
  ),
  ...layerCases('conv3d', [2, 3, 4, 3, 1], { filters: 1, kernelSize: 2 }),
  ...layerCases('conv3d', [1, 2, 3, 4, 3], { filters: 2, kernelSize: 2, ...channelsFirst }),

  ...['linear', 'relu', 'sigmoid'].map((activation) =>
    layerCase('conv2dTranspose', [2, 4, 3, 2], { filters: 3, kernelSize: 3, activation }),
  ),
  ...layerCases(
    'conv2dTranspose',
    [2, 4, 3, 2],
    { filters: 3, kernelSize: 3, padding: 'same' },
    { filters: 3, kernelSize: 2, strides: 2 },
    { filters: 3, kernelSize: 3, strides: 2, padding: 'same', activation: 'relu' },
    { filters: 3, kernelSize: [2, 3], strides: [1, 2], padding: 'same', useBias: false },
    { filters: 3, kernelSize: [3, 1], strides: [2, 3] },
    { filters: 3, kernelSize: 4, strides: 3, padding: 'same' },
    { filters: 3, kernelSize: 1 },
  ),
  ...layerCases('conv2dTranspose', [2, 4, 3, 1], { filters: 1, kernelSize: 3, strides: 2 }),
  ...layerCases(
    'conv2dTranspose',
    [2, 2, 4, 3],
    { filters: 3, kernelSize: 3, ...channelsFirst },
    { filters: 3, kernelSize: 3, strides: 2, padding: 'same', ...channelsFirst, activation: 'relu' },
  ),

  ...layerCases(
    'conv3dTranspose',
    [1, 3, 2, 4, 2],
    { filters: 2, kernelSize: 2 },
    { filters: 2, kernelSize: 3, padding: 'same', activation: 'relu' },
    { filters: 2, kernelSize: 2, strides: 2 },
    { filters: 2, kernelSize: [1, 2, 3], strides: [1, 2, 1], padding: 'same', useBias: false },
  ),
  ...layerCases('conv3dTranspose', [2, 2, 3, 2, 1], { filters: 1, kernelSize: 2 }),
  ...layerCases('conv3dTranspose', [1, 2, 3, 2, 3], { filters: 2, kernelSize: 2, ...channelsFirst }),

  ...ACTIVATIONS.filter((name) => name !== 'softmax').map((activation) =>
    layerCase('depthwiseConv2d', [2, 5, 4, 2], { kernelSize: [2, 3], activation }),
  ),
  ...layerCases(
    'depthwiseConv2d',
    [2, 5, 4, 2],
    { kernelSize: 3, padding: 'same' },
    { kernelSize: 3, strides: 2, padding: 'same', activation: 'relu' },
    { kernelSize: 2, strides: 2 },
    { kernelSize: 3, depthMultiplier: 3 },
    { kernelSize: [3, 2], depthMultiplier: 2, padding: 'same', activation: 'relu6', useBias: false },
    { kernelSize: 2, dilationRate: 2 },
    { kernelSize: 1 },
  ),
  ...layerCases(
    'depthwiseConv2d',
    [2, 5, 4, 1],
    { kernelSize: 3 },
    { kernelSize: 3, depthMultiplier: 2, padding: 'same' },
  ),
  ...layerCases('depthwiseConv2d', [1, 6, 5, 3], { kernelSize: 3, strides: 3, padding: 'same' }),
  ...layerCases(
    'depthwiseConv2d',
    [2, 2, 5, 4],
    { kernelSize: 3, ...channelsFirst },
    { kernelSize: 2, depthMultiplier: 2, ...channelsFirst, activation: 'relu' },
  ),

  ...['linear', 'relu', 'elu', 'relu6', 'softsign'].map((activation) =>
    layerCase('separableConv2d', [2, 5, 4, 2], { filters: 3, kernelSize: 3, activation }),
  ),
  ...layerCases(
    'separableConv2d',
    [2, 5, 4, 2],
    { filters: 3, kernelSize: 3, padding: 'same', depthMultiplier: 2 },
    { filters: 3, kernelSize: [2, 3], strides: 2, padding: 'same' },
    { filters: 3, kernelSize: 2, dilationRate: 2, activation: 'relu' },
    { filters: 3, kernelSize: 3, dilationRate: 2, padding: 'same', useBias: false },
    { filters: 1, kernelSize: 2, strides: 2 },
  ),
  ...layerCases(
    'separableConv2d',
    [2, 2, 5, 4],
    { filters: 3, kernelSize: 3, ...channelsFirst },
    { filters: 3, kernelSize: 2, depthMultiplier: 2, ...channelsFirst, activation: 'relu' },
  ),
];
