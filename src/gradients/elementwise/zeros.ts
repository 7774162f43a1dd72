import { zeros, type NamedTensorInfoMap } from '@tensorflow/tfjs-core';
import { kernelGradient, type KernelGradient } from '../kernelGradient';

/*
 * Kernels that are constant wherever they are smooth: comparisons, choices of an index, steps. Their gradient
 * is zero, as it is in TensorFlow. Most have none in TF.js, and a path through one of them ended in an error.
 */
const CONSTANT = [
  'Greater',
  'GreaterEqual',
  'Less',
  'LessEqual',
  'Equal',
  'NotEqual',
  'LogicalAnd',
  'LogicalOr',
  'LogicalNot',
  'LogicalXor',
  'BitwiseAnd',
  'All',
  'Any',
  'IsNan',
  'IsInf',
  'IsFinite',
  'ArgMax',
  'ArgMin',
  'LowerBound',
  'UpperBound',
  'SearchSorted',
  'OneHot',
  'NonMaxSuppressionV3',
  'NonMaxSuppressionV4',
  'Multinomial',
  'Floor',
  'Ceil',
  'Round',
  'Sign',
  'Step',
  'FloorDiv',
  'ZerosLike',
  'OnesLike',
  'GuidedSaliencyOrderStatistic',
];

export const zeroGradients: readonly KernelGradient[] = CONSTANT.map((kernel) =>
  kernelGradient<NamedTensorInfoMap>(kernel, {
    backward: (_dy, { shapes }) =>
      Object.fromEntries(Object.entries(shapes).map(([name, shape]) => [name, () => zeros(shape)])),
  }),
);
