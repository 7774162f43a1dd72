import type { LayersModel } from '@tensorflow/tfjs-layers';
import { isQuickInLoops, isSequence } from './isSequence';
import { layersWithin } from './sublayers';

/** Whether a model has a recurrent layer, or one that runs another for each step, that is not one kernel. */
export function takesSteps(model: LayersModel, samples: number): boolean {
  return layersWithin(model).some(
    ({ layer }) =>
      layer.getClassName() === 'TimeDistributed' ||
      ('cell' in layer && !(isSequence(layer) && isQuickInLoops(layer, samples))),
  );
}
