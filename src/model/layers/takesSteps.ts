import type { LayersModel } from '@tensorflow/tfjs-layers';
import { layersWithin } from './sublayers';

/** Whether a model has a recurrent layer, or one that runs another for each step. */
export function takesSteps(model: LayersModel): boolean {
  return layersWithin(model).some(
    ({ layer }) => 'cell' in layer || layer.getClassName() === 'TimeDistributed',
  );
}
