import type { LayersModel } from '@tensorflow/tfjs-layers';

/**
 * The model that a Sequential runs; undefined for any other.
 *
 * A Sequential makes it when it is first used. Until then one is made here; not by `build`, which would
 * mark all of the user's weights as trainable.
 */
export function innerModel(model: LayersModel): LayersModel | undefined {
  if (!baseNamed(model, 'Sequential') || model.outputs.length === 0) return undefined;
  const built = Reflect.get(model, 'model') as LayersModel | null | undefined;
  if (built) return built;
  const Base = baseNamed(model, 'Model') as new (args: object) => LayersModel;
  return new Base({ inputs: model.inputs, outputs: model.outputs[0], name: `${model.name}_model` });
}

/** The class among those of a model that TF.js registers under a name; `LayersModel` is "Model" there. */
function baseNamed(model: LayersModel, className: string): unknown {
  let base = model.constructor as { className?: string } | null;
  while (base && !(Object.prototype.hasOwnProperty.call(base, 'className') && base.className === className)) {
    base = Object.getPrototypeOf(base) as { className?: string } | null;
  }
  return base;
}
