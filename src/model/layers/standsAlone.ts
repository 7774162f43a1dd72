import type { LayersModel } from '@tensorflow/tfjs-layers';
import { isTfjsActivation } from './activations';
import type { Activation } from './activations';
import { isOfTfjsClass } from './isOfTfjsClass';
import { BUILT_IN_LAYERS } from './layerClasses';
import type { Layer } from './layerGraph';
import { runsItsClass } from './runsItsClass';
import { layersWithin } from './sublayers';

/** Fields that some layers have. */
interface Fields {
  readonly axis?: unknown;
  readonly axes?: unknown;
  readonly activation?: Activation;
  readonly recurrentActivation?: Activation;
}

/**
 * Whether each sample of a batch is known to stand for itself in a model: all its layers are TF.js's, with
 * its activations, and none works along the axis of the samples.
 */
export function standsAlone(model: LayersModel): boolean {
  return layersWithin(model).every(({ layer }) => {
    const { axis, axes, activation, recurrentActivation } = layer as Layer & Fields;
    return (
      BUILT_IN_LAYERS.has(layer.getClassName()) &&
      isOfTfjsClass(layer) &&
      runsItsClass(layer) &&
      ![axis, axes].flat().includes(0) &&
      [activation, recurrentActivation].every((each) => !each || isTfjsActivation(each))
    );
  });
}
