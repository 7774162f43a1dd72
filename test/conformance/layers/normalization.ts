import { layers, type SymbolicTensor } from '@tensorflow/tfjs-layers';
import type { ConformanceCase } from '../conformanceCase';
import { layer, layerCase, layerCases, modelCase } from '../layerSubject';

/**
 * Batch norm along another axis than the last, which TF.js's cpu kernel itself computes wrongly: the
 * reference brings the axis to the end, normalises there, and puts it back.
 */
function alongAxis(
  shape: readonly number[],
  axis: number,
  options: Record<string, unknown> = {},
): ConformanceCase {
  const order = shape.slice(1).map((_, i) => i + 1);
  const toEnd = [...order.filter((each) => each !== axis), axis];
  const back = order.map((each) => toEnd.indexOf(each) + 1);
  const text = Object.entries({ axis, ...options }).map(([name, value]) => `${name}: ${String(value)}`);
  const label = `${text.join(', ')} on ${shape.join('x')}`;
  return modelCase(
    'batchNormalization',
    label,
    [shape],
    ([x]) => layer('batchNormalization', { axis, ...options }).apply(x as SymbolicTensor),
    {
      reference: ([x]) => {
        const y = layer('batchNormalization', options).apply(
          layers.permute({ dims: toEnd }).apply(x as SymbolicTensor),
        );
        return layers.permute({ dims: back }).apply(y);
      },
    },
  );
}

export const normalizationLayers = [
  ...layerCases(
    'batchNormalization',
    [2, 3, 4, 2],
    {},
    { scale: false },
    { center: false },
    { scale: false, center: false },
    { epsilon: 0.1, momentum: 0.5 },
    { axis: 3 },
  ),
  ...layerCases('batchNormalization', [3, 5], {}, { scale: false }, { center: false }, { axis: 1 }),
  ...layerCases('batchNormalization', [2, 4, 3], {}, { scale: false, center: false }, { axis: 2 }),
  ...layerCases('batchNormalization', [1, 2, 3, 2, 3], {}),
  alongAxis([2, 3, 4, 2], 1),
  alongAxis([2, 3, 4, 2], 2),
  alongAxis([2, 3, 4, 2], 1, { scale: false }),
  alongAxis([2, 4, 3], 1),
  alongAxis([2, 4, 3], 1, { center: false }),

  ...layerCases(
    'layerNormalization',
    [2, 3, 5],
    {},
    { scale: false },
    { center: false },
    { scale: false, center: false },
    { axis: [1, 2] },
    { epsilon: 0.1 },
    { axis: 2 },
    { axis: 1 },
  ),
  ...layerCases('layerNormalization', [3, 6], {}, { axis: 1 }),
  ...layerCases(
    'layerNormalization',
    [2, 3, 4, 2],
    {},
    { axis: [1, 2, 3] },
    { axis: [2, 3] },
    { axis: -1, center: false },
  ),
  ...layerCases('layerNormalization', [1, 2, 3, 2, 3], {}),
  layerCase('layerNormalization', [2, 3, 1, 4], { axis: [3] }),
];
