import type { ConformanceCase } from './conformanceCase';
import { activationLayers } from './layers/activation';
import { convolutionLayers } from './layers/convolution';
import { mergingLayers } from './layers/merging';
import { normalizationLayers } from './layers/normalization';
import { poolingLayers } from './layers/pooling';
import { recurrentLayers } from './layers/recurrent';
import { shapingLayers } from './layers/shaping';

/** Every layer of `tf.layers` with its options. */
export const layerCases: readonly ConformanceCase[] = [
  ...activationLayers,
  ...convolutionLayers,
  ...poolingLayers,
  ...normalizationLayers,
  ...mergingLayers,
  ...shapingLayers,
  ...recurrentLayers,
];

/** What `tf.layers` exports that is no layer by itself: base classes. */
export const notLayers: readonly string[] = ['Layer', 'RNN', 'RNNCell'];
